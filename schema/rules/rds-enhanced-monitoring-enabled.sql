-- rules: RDS_ENHANCED_MONITORING_ENABLED
-- text: enhanced monitoring is enabled for DB instances, at the interval that is asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.dBInstanceIdentifier' IS NULL THEN 'the item has no dBInstanceIdentifier: it was not read' END AS missing,
               CASE WHEN seconds = 0 THEN 'enhanced monitoring is not enabled' WHEN seconds <> CAST(nullif(:parameters ->> '$.monitoringInterval', '') AS INTEGER) THEN 'enhanced monitoring is every ' || seconds || ' seconds, not ' || (:parameters ->> '$.monitoringInterval') END AS why
          FROM (SELECT item_id, configuration, coalesce(configuration ->> '$.monitoringInterval', 0) AS seconds
                  FROM item))
