-- rules: EC2_PARAVIRTUAL_INSTANCE_CHECK
-- text: instances are not paravirtual
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN v IS NULL THEN 'the item has no virtualizationType' END AS missing,
               CASE WHEN v = 'paravirtual' THEN 'the instance is paravirtual' END AS why
          FROM (SELECT item_id, configuration ->> '$.virtualizationType' AS v
                  FROM item))
