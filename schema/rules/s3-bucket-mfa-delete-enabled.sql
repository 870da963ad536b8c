-- rules: S3_BUCKET_MFA_DELETE_ENABLED
-- text: deleting versions of objects takes MFA
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN part IS NULL THEN 'the item has no BucketVersioningConfiguration' END AS missing,
               CASE WHEN part ->> '$.isMfaDeleteEnabled' IS NOT 1 THEN 'MFA delete is not enabled' END AS why
          FROM (SELECT item_id, supplementary -> '$.BucketVersioningConfiguration' AS part FROM item))
