-- rules: RDS_CLUSTER_BACKUP_RETENTION_CHECK
-- text: backups of DB clusters are kept for the days that are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN days IS NULL THEN 'the item has no backupRetentionPeriod' END AS missing,
               CASE WHEN days < CAST(:parameters ->> '$.minimumBackupRetentionPeriod' AS INTEGER) THEN 'backups are kept for ' || days || ' days, fewer than ' || (:parameters ->> '$.minimumBackupRetentionPeriod') END AS why
          FROM (SELECT item_id, configuration ->> '$.backupRetentionPeriod' AS days
                  FROM item))
