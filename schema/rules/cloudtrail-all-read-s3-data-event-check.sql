-- rules: CLOUDTRAIL_ALL_READ_S3_DATA_EVENT_CHECK
-- reads: Siltstone::CloudTrail::TrailStatus
-- text: a trail of all regions logs each read of an object in whichever bucket
WITH trail(arn, name, multi, logging, bucket, topic, log_group, kms, validation, selectors) AS MATERIALIZED (
  SELECT resource_id, configuration ->> '$.name', configuration ->> '$.isMultiRegionTrail', supplementary ->> '$.Status.isLogging', configuration ->> '$.s3BucketName', configuration ->> '$.snsTopicARN',
         configuration ->> '$.cloudWatchLogsLogGroupArn', configuration ->> '$.kmsKeyId', configuration ->> '$.logFileValidationEnabled',
         -- A region that only shadows a trail may not be told its selectors: those of its home count.
         coalesce(supplementary -> '$.EventSelectors', (
           SELECT h.supplementary -> '$.EventSelectors' FROM (SELECT * FROM resources NATURAL JOIN configs) h
            WHERE h.resource_type = 'Siltstone::CloudTrail::TrailStatus' AND h.resource_id = e.resource_id AND h.region = e.configuration ->> '$.homeRegion' LIMIT 1))
    FROM estate e WHERE resource_type = 'Siltstone::CloudTrail::TrailStatus' AND (e.region = :region OR e.region = 'global')),
basic(arn, e) AS MATERIALIZED (
  SELECT arn, e.value FROM trail, json_each(selectors, '$.eventSelectors') e WHERE e.type = 'object'),
advanced(arn, id, field, f) AS MATERIALIZED (
  SELECT arn, a.key, f.value ->> '$.field', f.value FROM trail, json_each(selectors, '$.advancedEventSelectors') a, json_each(CASE a.type WHEN 'object' THEN a.value END, '$.fieldSelectors') f WHERE f.type = 'object'),
reading(arn, id, kind) AS MATERIALIZED (
  SELECT arn, id, CASE max(CASE field WHEN 'readOnly' THEN lower(f ->> '$.equals[0]') END) WHEN 'true' THEN 'ReadOnly' WHEN 'false' THEN 'WriteOnly' ELSE 'All' END FROM advanced GROUP BY arn, id),
category(arn, id, name) AS MATERIALIZED (
  SELECT arn, id, f ->> '$.equals[0]' FROM advanced WHERE field = 'eventCategory'),
-- Data events of S3: of every bucket (''), or of those below an ARN.
data(arn, kind, below) AS MATERIALIZED (
  SELECT b.arn, coalesce(b.e ->> '$.readWriteType', 'All'), CASE WHEN v.value GLOB 'arn:aws*:s3' OR v.value GLOB 'arn:aws*:s3:::' THEN '' ELSE v.value END
    FROM basic b, json_each(b.e, '$.dataResources') d, json_each(CASE d.type WHEN 'object' THEN d.value END, '$.values') v WHERE CASE d.type WHEN 'object' THEN d.value ->> '$.type' END = 'AWS::S3::Object'
   UNION ALL
  SELECT r.arn, r.kind, coalesce(v.value, '')
    FROM reading r JOIN category c ON c.arn = r.arn AND c.id = r.id AND c.name = 'Data' JOIN advanced t ON t.arn = r.arn AND t.id = r.id AND t.field = 'resources.type' AND t.f ->> '$.equals[0]' = 'AWS::S3::Object'
    LEFT JOIN advanced n ON n.arn = r.arn AND n.id = r.id AND n.field = 'resources.ARN' LEFT JOIN json_each(n.f, '$.startsWith') v
   WHERE (n.f IS NULL OR v.value IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM advanced a WHERE a.arn = r.arn AND a.id = r.id AND a.field NOT IN ('eventCategory', 'readOnly', 'resources.type', 'resources.ARN'))),
good(arn) AS MATERIALIZED (
  SELECT arn FROM trail
   WHERE multi = 1 AND logging = 1 AND EXISTS (SELECT 1 FROM data d WHERE d.arn = trail.arn AND d.below = '' AND d.kind IN ('All', 'ReadOnly')))
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM good) AND EXISTS (SELECT 1 FROM trail WHERE multi = 1 AND (logging IS NULL OR selectors IS NULL)) THEN 'the state or the event selectors of a trail were not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM trail) THEN 'the account has no trail' WHEN NOT EXISTS (SELECT 1 FROM good) THEN 'no trail of all regions logs reads of objects in all buckets' END AS why)
