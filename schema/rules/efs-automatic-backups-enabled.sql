-- rules: EFS_AUTOMATIC_BACKUPS_ENABLED
-- text: file systems are backed up by themselves
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.BackupPolicy.Status')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'BackupPolicy.Status was not recorded')
                    WHEN value NOT IN ('ENABLED', 'ENABLING') THEN json_array('NON_COMPLIANT', 'automatic backups are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
