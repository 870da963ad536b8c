-- rules: REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK
-- text: clusters are maintained as asked: upgrades, window, and snapshots
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.allowVersionUpgrade') AS up,
         json_extract(configuration, '$.preferredMaintenanceWindow') AS window_,
         json_extract(configuration, '$.automatedSnapshotRetentionPeriod') AS days
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN up IS NULL THEN json_array('INSUFFICIENT_DATA', 'allowVersionUpgrade was not recorded')
                    WHEN up IS NOT (lower(:parameters ->> '$.allowVersionUpgrade') = 'true')
                    THEN json_array('NON_COMPLIANT', 'upgrades of the version are ' || CASE up WHEN 1 THEN 'allowed' ELSE 'not allowed' END)
                    WHEN trim(:parameters ->> '$.preferredMaintenanceWindow') <> ''
                        AND lower(window_) IS NOT lower(trim(:parameters ->> '$.preferredMaintenanceWindow'))
                    THEN json_array('NON_COMPLIANT', 'the maintenance window is ' || coalesce(window_, 'not known'))
                    WHEN trim(:parameters ->> '$.automatedSnapshotRetentionPeriod') <> ''
                        AND coalesce(days, 0) < CAST((:parameters ->> '$.automatedSnapshotRetentionPeriod') AS INTEGER)
                    THEN json_array('NON_COMPLIANT', 'snapshots are kept for ' || coalesce(days, 0) || ' days')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
