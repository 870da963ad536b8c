-- rules: NEPTUNE_CLUSTER_BACKUP_RETENTION_CHECK
-- text: backups of Neptune clusters are kept for minimumBackupRetentionPeriod days (7)
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.backupRetentionPeriod') AS days,
         CAST(coalesce(nullif(:parameters ->> '$.minimumBackupRetentionPeriod', ''), '7') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN days IS NULL THEN json_array('INSUFFICIENT_DATA', 'backupRetentionPeriod was not recorded')
                    WHEN days < least THEN json_array('NON_COMPLIANT', 'backups are kept for ' || days || ' days, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
