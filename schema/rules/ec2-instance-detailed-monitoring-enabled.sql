-- rules: EC2_INSTANCE_DETAILED_MONITORING_ENABLED
-- text: instances are monitored in detail
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IS NULL THEN 'the item has no monitoring.state' END AS missing,
               CASE WHEN state NOT IN ('enabled', 'pending') THEN 'detailed monitoring is ' || state END AS why
          FROM (SELECT item_id, configuration ->> '$.monitoring.state' AS state
                  FROM item))
