-- rules: S3_LIFECYCLE_POLICY_CHECK
-- text: each bucket has a lifecycle rule that is enabled and does what is asked for
WITH named(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.bucketNames'), ',', '","') || ']') WHERE trim(value) <> ''),
active(item_id, r) AS MATERIALIZED (
  SELECT item_id, e.value FROM item, json_each(supplementary, '$.BucketLifecycleConfiguration.rules') e WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.status' END = 'Enabled')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL AND supplementary -> '$.BucketLifecycleConfiguration' IS NULL THEN 'the parts of the bucket were not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM active a WHERE a.item_id = item.item_id) THEN 'no lifecycle rule of the bucket is enabled'
                    WHEN NOT EXISTS (
                      SELECT 1 FROM active a
                       WHERE a.item_id = item.item_id
                         AND (coalesce(:parameters ->> '$.targetPrefix', '') = '' OR coalesce(r ->> '$.prefix', r ->> '$.filter.predicate.prefix', '') = :parameters ->> '$.targetPrefix')
                         AND (coalesce(:parameters ->> '$.targetExpirationDays', '') = '' OR r ->> '$.expirationInDays' = CAST(:parameters ->> '$.targetExpirationDays' AS INTEGER))
                         AND (coalesce(:parameters ->> '$.targetTransitionDays', :parameters ->> '$.targetTransitionStorageClass', '') = ''
                              OR EXISTS (SELECT 1 FROM json_each(r, '$.transitions') t
                                          WHERE (coalesce(:parameters ->> '$.targetTransitionDays', '') = '' OR CASE t.type WHEN 'object' THEN t.value ->> '$.days' END = CAST(:parameters ->> '$.targetTransitionDays' AS INTEGER))
                                            AND (coalesce(:parameters ->> '$.targetTransitionStorageClass', '') = '' OR CASE t.type WHEN 'object' THEN t.value ->> '$.storageClass' END = :parameters ->> '$.targetTransitionStorageClass'))))
                    THEN 'no lifecycle rule of the bucket that is enabled does what is asked for' END AS why
          FROM item
         WHERE NOT EXISTS (SELECT 1 FROM named) OR resource_id IN (SELECT v FROM named))
