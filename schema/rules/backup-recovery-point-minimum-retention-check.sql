-- rules: BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK
-- text: recovery points are kept for requiredRetentionDays days (35) or for ever
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ResourceArn') AS whole,
         json_extract(configuration, '$.Lifecycle.DeleteAfterDays') AS days,
         CAST(coalesce(nullif(:parameters ->> '$.requiredRetentionDays', ''), '35') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'Lifecycle was not recorded')
                    WHEN days >= 0 AND days < least
                    THEN json_array('NON_COMPLIANT', 'the recovery point is kept for ' || days || ' days, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
