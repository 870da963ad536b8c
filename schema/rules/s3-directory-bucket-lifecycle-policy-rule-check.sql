-- rules: S3_DIRECTORY_BUCKET_LIFECYCLE_POLICY_RULE_CHECK
-- text: each directory bucket has a lifecycle rule that is enabled
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.BucketName' IS NULL THEN 'the item has no BucketName: it was not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM json_each(configuration, '$.LifecycleConfiguration.Rules') r WHERE CASE r.type WHEN 'object' THEN r.value ->> '$.Status' END = 'Enabled')
                    THEN 'no lifecycle rule of the bucket is enabled' END AS why
          FROM item)
