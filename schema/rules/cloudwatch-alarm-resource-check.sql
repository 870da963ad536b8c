-- rules: CLOUDWATCH_ALARM_RESOURCE_CHECK
-- reads: AWS::CloudWatch::Alarm
-- text: each resource of the type in resourceType has an alarm for metricName
WITH alarm AS MATERIALIZED (
  SELECT json_extract(e.configuration, d.fullkey || '.name') AS dimension, json_extract(e.configuration, d.fullkey
      || '.value') AS value, count(*) AS n
    FROM estate e, json_each(e.configuration, '$.dimensions') d
   WHERE e.resource_type = 'AWS::CloudWatch::Alarm' AND json_extract(e.configuration, '$.metricName') = (:parameters ->> '$.metricName')
   GROUP BY 1, 2),
seen AS (
  SELECT item_id, coalesce(a.n, 0) AS alarms
    FROM item LEFT JOIN alarm a ON a.dimension = CASE resource_type WHEN 'AWS::EC2::Instance' THEN 'InstanceId' WHEN 'AWS::EC2::Volume'
        THEN 'VolumeId' WHEN 'AWS::S3::Bucket' THEN 'BucketName' WHEN 'AWS::RDS::DBCluster' THEN 'DBClusterIdentifier' END
        AND a.value = CASE resource_type WHEN 'AWS::S3::Bucket' THEN coalesce(name, resource_id) WHEN 'AWS::RDS::DBCluster'
        THEN coalesce(json_extract(configuration, '$.dbclusterIdentifier'), name) ELSE resource_id END
   WHERE resource_type = (:parameters ->> '$.resourceType'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN alarms = 0
                    THEN json_array('NON_COMPLIANT', 'no alarm watches ' || coalesce(:parameters ->> '$.metricName', '?') || ' of it')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
