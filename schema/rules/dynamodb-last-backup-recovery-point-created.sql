-- rules: DYNAMODB_LAST_BACKUP_RECOVERY_POINT_CREATED, EFS_LAST_BACKUP_RECOVERY_POINT_CREATED
-- rules: FSX_LAST_BACKUP_RECOVERY_POINT_CREATED
-- rules: AURORA_LAST_BACKUP_RECOVERY_POINT_CREATED, EBS_LAST_BACKUP_RECOVERY_POINT_CREATED
-- rules: EC2_LAST_BACKUP_RECOVERY_POINT_CREATED, RDS_LAST_BACKUP_RECOVERY_POINT_CREATED
-- rules: S3_LAST_BACKUP_RECOVERY_POINT_CREATED
-- reads: AWS::Backup::RecoveryPoint
-- text: a recovery point of AWS Backup is not older than recoveryPointAgeValue (1) recoveryPointAgeUnit (days)
-- Of DB clusters only those of Aurora count.
WITH point AS MATERIALIZED (
  SELECT json_extract(configuration, '$.ResourceArn') AS arn, max((julianday(json_extract(configuration, '$.CreationDate')) - 2440587.5) * 86400000.0) AS at_ms,
         max(json_extract(configuration, '$.CreationDate')) AS at
    FROM estate
   WHERE resource_type = 'AWS::Backup::RecoveryPoint' AND coalesce(json_extract(configuration, '$.Status'), 'COMPLETED') IN ('COMPLETED', 'AVAILABLE')
   GROUP BY 1),
seen AS (
  SELECT item_id, item.resource_id, item.arn AS arn_, p.at_ms AS at_ms, p.at AS at,
         EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid(:parameters ->> '$.resourceTags') THEN (:parameters ->> '$.resourceTags')
             ELSE '{}' END) w WHERE NOT EXISTS (SELECT 1 FROM json_each(item.tags) t WHERE t.key = w.key AND t.value = w.value)) AS untagged
    FROM item LEFT JOIN point p ON p.arn = item.arn
   WHERE item.resource_type <> 'AWS::RDS::DBCluster' OR coalesce(item.configuration ->> '$.engine', 'aurora') LIKE 'aurora%')
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN trim(:parameters ->> '$.resourceId') <> '' AND resource_id <> trim(:parameters ->> '$.resourceId')
                    THEN json_array('NOT_APPLICABLE', 'not the resource asked for')
                    WHEN trim(:parameters ->> '$.resourceTags') <> '' AND untagged
                    THEN json_array('NOT_APPLICABLE', 'it does not have the tags asked for')
                    WHEN arn_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'the ARN was not recorded')
                    WHEN at_ms IS NULL THEN json_array('NON_COMPLIANT', 'there is no recovery point')
                    WHEN at_ms < :now_ms - (CAST(coalesce(nullif(:parameters ->> '$.recoveryPointAgeValue', ''), '1') AS INTEGER) * CASE
                        WHEN lower(coalesce(:parameters ->> '$.recoveryPointAgeUnit', 'days')) LIKE 'hour%' THEN 1 ELSE 24 END) * 3600000
                    THEN json_array('NON_COMPLIANT', 'the last one is of ' || at)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
