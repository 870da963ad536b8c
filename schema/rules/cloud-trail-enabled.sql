-- rules: CLOUD_TRAIL_ENABLED
-- reads: Siltstone::CloudTrail::TrailStatus
-- text: a trail is logging, to the bucket, the topic and the log group that are asked for
WITH trail(arn, name, multi, logging, bucket, topic, log_group, kms, validation, selectors) AS MATERIALIZED (
  SELECT resource_id, configuration ->> '$.name', configuration ->> '$.isMultiRegionTrail', supplementary ->> '$.Status.isLogging', configuration ->> '$.s3BucketName', configuration ->> '$.snsTopicARN',
         configuration ->> '$.cloudWatchLogsLogGroupArn', configuration ->> '$.kmsKeyId', configuration ->> '$.logFileValidationEnabled',
         -- A region that only shadows a trail may not be told its selectors: those of its home count.
         coalesce(supplementary -> '$.EventSelectors', (
           SELECT h.supplementary -> '$.EventSelectors' FROM (SELECT * FROM resources NATURAL JOIN configs) h
            WHERE h.resource_type = 'Siltstone::CloudTrail::TrailStatus' AND h.resource_id = e.resource_id AND h.region = e.configuration ->> '$.homeRegion' LIMIT 1))
    FROM estate e WHERE resource_type = 'Siltstone::CloudTrail::TrailStatus' AND (e.region = :region OR e.region = 'global')),
good(arn) AS MATERIALIZED (
  SELECT arn FROM trail
   WHERE logging = 1
     AND (coalesce(:parameters ->> '$.s3BucketName', '') IN ('', bucket)) AND (coalesce(:parameters ->> '$.snsTopicArn', '') IN ('', topic)) AND (coalesce(:parameters ->> '$.cloudWatchLogsLogGroupArn', '') IN ('', log_group)))
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM good) AND EXISTS (SELECT 1 FROM trail WHERE logging IS NULL) THEN 'the state or the event selectors of a trail were not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM trail) THEN 'the account has no trail' WHEN NOT EXISTS (SELECT 1 FROM good) THEN 'no trail is logging as asked for' END AS why)
