-- rules: EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK
-- text: managed instances are compliant with their patch baselines
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN status IS NULL THEN 'the item has no status' END AS missing,
               CASE WHEN status <> 'COMPLIANT' THEN 'the patch compliance of the instance is ' || status END AS why
          FROM (SELECT item_id, upper(configuration ->> '$.status') AS status FROM item))
