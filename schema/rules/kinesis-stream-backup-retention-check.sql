-- rules: KINESIS_STREAM_BACKUP_RETENTION_CHECK
-- text: streams keep records for minimumBackupRetentionPeriod hours (168)
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.RetentionPeriodHours') AS hours,
         CAST(coalesce(nullif(:parameters ->> '$.minimumBackupRetentionPeriod', ''), '168') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN hours IS NULL THEN json_array('INSUFFICIENT_DATA', 'RetentionPeriodHours was not recorded')
                    WHEN hours < least THEN json_array('NON_COMPLIANT', 'records are kept for ' || hours || ' hours, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
