-- rules: S3_BUCKET_REPLICATION_ENABLED
-- text: objects of each bucket are copied to another bucket, in the same region or another where one is asked for
WITH
target(item_id, region, bucket, there) AS MATERIALIZED (
  SELECT i.item_id, i.region, substr(t.value ->> '$.destinationConfig.bucketARN', instr(t.value ->> '$.destinationConfig.bucketARN', ':::') + 3), NULL
    FROM item i, json_each(i.supplementary, '$.BucketReplicationConfiguration.rules') t
   WHERE t.type = 'object' AND t.value ->> '$.status' = 'Enabled'),
placed(item_id, region, bucket, there) AS MATERIALIZED (
  SELECT t.item_id, t.region, t.bucket, (SELECT r.region FROM resources r WHERE r.resource_type = 'AWS::S3::Bucket' AND r.resource_id = t.bucket LIMIT 1) FROM target t),
matching(item_id) AS (
  SELECT item_id FROM placed WHERE CASE upper(:parameters ->> '$.ReplicationType') WHEN 'CROSS-REGION' THEN there <> region WHEN 'SAME-REGION' THEN there = region END),
unknown(item_id) AS (SELECT item_id FROM placed WHERE there IS NULL)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL AND supplementary -> '$.BucketReplicationConfiguration' IS NULL THEN 'the parts of the bucket were not read'
                    WHEN kind <> '' AND EXISTS (SELECT 1 FROM target t WHERE t.item_id = i.item_id) AND item_id NOT IN matching AND item_id IN unknown
                    THEN 'it is not known in which region the bucket is that objects are copied to' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM target t WHERE t.item_id = i.item_id) THEN 'no rule that is enabled copies the objects of the bucket'
                    WHEN kind <> '' AND item_id NOT IN matching THEN 'the objects are copied, but not as ' || kind || ' asks' END AS why
          FROM (SELECT *, upper(:parameters ->> '$.ReplicationType') AS kind FROM item) i)
