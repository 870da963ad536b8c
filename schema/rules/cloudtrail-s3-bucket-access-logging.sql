-- rules: CLOUDTRAIL_S3_BUCKET_ACCESS_LOGGING
-- text: access to the buckets of trails is logged
WITH bucket(item_id, name, supplementary) AS MATERIALIZED (
  SELECT i.item_id, i.configuration ->> '$.s3BucketName',
         (SELECT b.supplementary FROM (SELECT * FROM resources NATURAL JOIN configs) b WHERE b.resource_type = 'AWS::S3::Bucket' AND b.resource_id = i.configuration ->> '$.s3BucketName' LIMIT 1)
    FROM item i)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN name IS NULL THEN 'the item has no s3BucketName' WHEN supplementary -> '$.BucketLoggingConfiguration' IS NULL THEN 'the bucket ' || name || ' is not recorded' END AS missing,
               CASE WHEN coalesce(supplementary ->> '$.BucketLoggingConfiguration.destinationBucketName', '') = '' THEN 'access to the bucket ' || name || ' is not logged' END AS why
          FROM bucket)
