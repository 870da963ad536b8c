-- rules: S3EXPRESS_DIR_BUCKET_LIFECYCLE_RULES_CHECK
-- text: each directory bucket has a lifecycle rule that is enabled and removes objects after the days that are asked for
WITH active(item_id, days) AS MATERIALIZED (
  SELECT item_id, CASE r.type WHEN 'object' THEN r.value ->> '$.ExpirationInDays' END FROM item, json_each(configuration, '$.LifecycleConfiguration.Rules') r
   WHERE CASE r.type WHEN 'object' THEN r.value ->> '$.Status' END = 'Enabled')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.BucketName' IS NULL THEN 'the item has no BucketName: it was not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM active a WHERE a.item_id = item.item_id) THEN 'no lifecycle rule of the bucket is enabled'
                    WHEN :parameters ->> '$.targetExpirationDays' <> '' AND NOT EXISTS (SELECT 1 FROM active a WHERE a.item_id = item.item_id AND days = CAST(:parameters ->> '$.targetExpirationDays' AS INTEGER))
                    THEN 'no lifecycle rule removes objects after ' || (:parameters ->> '$.targetExpirationDays') || ' days' END AS why
          FROM item)
