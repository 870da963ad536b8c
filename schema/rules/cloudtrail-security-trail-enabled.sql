-- rules: CLOUDTRAIL_SECURITY_TRAIL_ENABLED
-- reads: Siltstone::CloudTrail::TrailStatus
-- text: a trail of all regions logs all management events, encrypted, and validates its files
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
-- Management events, of which none are left out. A trail without any selector has those it began with: all.
management(arn, kind) AS MATERIALIZED (
  SELECT arn, coalesce(e ->> '$.readWriteType', 'All') FROM basic WHERE coalesce(e ->> '$.includeManagementEvents', 1) = 1 AND coalesce(json_array_length(e, '$.excludeManagementEventSources'), 0) = 0
   UNION ALL
  SELECT r.arn, r.kind FROM reading r JOIN category c ON c.arn = r.arn AND c.id = r.id AND c.name = 'Management'
   WHERE NOT EXISTS (SELECT 1 FROM advanced a WHERE a.arn = r.arn AND a.id = r.id AND a.field NOT IN ('eventCategory', 'readOnly'))
   UNION ALL
  SELECT arn, 'All' FROM trail WHERE selectors IS NOT NULL AND arn NOT IN (SELECT arn FROM basic) AND arn NOT IN (SELECT arn FROM advanced)),
good(arn) AS MATERIALIZED (
  SELECT arn FROM trail
   WHERE multi = 1 AND logging = 1 AND validation = 1 AND coalesce(kms, '') <> ''
     AND EXISTS (SELECT 1 FROM management m WHERE m.arn = trail.arn AND m.kind = 'All'))
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM good) AND EXISTS (SELECT 1 FROM trail WHERE multi = 1 AND validation = 1 AND coalesce(kms, '') <> '' AND (logging IS NULL OR selectors IS NULL)) THEN 'the state or the event selectors of a trail were not read' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM trail) THEN 'the account has no trail' WHEN NOT EXISTS (SELECT 1 FROM good) THEN 'no trail logs all management events of all regions, encrypted, and validates its files' END AS why)
