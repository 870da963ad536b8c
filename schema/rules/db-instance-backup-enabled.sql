-- rules: DB_INSTANCE_BACKUP_ENABLED
-- text: DB instances are backed up, for the days and in the window that are asked for; replicas where that is said
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN days IS NULL THEN 'the item has no backupRetentionPeriod' END AS missing,
               CASE WHEN days = 0 THEN 'backups are not enabled'
                    WHEN days < CAST(:parameters ->> '$.backupRetentionMinimum' AS INTEGER) THEN 'backups are kept for ' || days || ' days, fewer than ' || (:parameters ->> '$.backupRetentionMinimum')
                    WHEN days <> CAST(nullif(:parameters ->> '$.backupRetentionPeriod', '') AS INTEGER) THEN 'backups are kept for ' || days || ' days, not ' || (:parameters ->> '$.backupRetentionPeriod')
                    WHEN window <> nullif(:parameters ->> '$.preferredBackupWindow', '') THEN 'backups are made at ' || window || ', not ' || (:parameters ->> '$.preferredBackupWindow') END AS why
          FROM (SELECT item_id, configuration ->> '$.backupRetentionPeriod' AS days, configuration ->> '$.preferredBackupWindow' AS window
                  FROM item
                 WHERE coalesce(configuration ->> '$.readReplicaSourceDBInstanceIdentifier', '') = '' OR lower(coalesce(:parameters ->> '$.checkReadReplicas', 'true')) = 'true'))
