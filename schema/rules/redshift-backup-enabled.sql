-- rules: REDSHIFT_BACKUP_ENABLED
-- text: automated snapshots are kept for MinRetentionPeriod (1) to MaxRetentionPeriod (35) days
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.automatedSnapshotRetentionPeriod') AS days,
         CAST(coalesce(nullif(:parameters ->> '$.MinRetentionPeriod', ''), '1') AS INTEGER) AS least,
         CAST(coalesce(nullif(:parameters ->> '$.MaxRetentionPeriod', ''), '35') AS INTEGER) AS most
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN days IS NULL THEN json_array('INSUFFICIENT_DATA', 'automatedSnapshotRetentionPeriod was not recorded')
                    WHEN days = 0 THEN json_array('NON_COMPLIANT', 'automated snapshots are off')
                    WHEN days < least OR days > most
                    THEN json_array('NON_COMPLIANT', 'snapshots are kept for ' || days || ' days, not for ' || least || ' to ' || most)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
