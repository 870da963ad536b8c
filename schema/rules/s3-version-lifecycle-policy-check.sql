-- rules: S3_VERSION_LIFECYCLE_POLICY_CHECK
-- text: each bucket that keeps versions has a lifecycle rule that is enabled
WITH named(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.bucketNames'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL THEN 'the item has no BucketVersioningConfiguration' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM json_each(supplementary, '$.BucketLifecycleConfiguration.rules') e WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.status' END = 'Enabled')
                    THEN 'the bucket keeps versions, and no lifecycle rule is enabled' END AS why
          FROM item
         WHERE coalesce(supplementary ->> '$.BucketVersioningConfiguration.status', 'Enabled') = 'Enabled'
           AND (NOT EXISTS (SELECT 1 FROM named) OR resource_id IN (SELECT v FROM named)))
