-- rules: MSK_ENHANCED_MONITORING_ENABLED
-- text: clusters of MSK are monitored by topic
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.BrokerNodeGroupInfo') AS whole,
         upper(coalesce(json_extract(configuration, '$.EnhancedMonitoring'), 'DEFAULT')) AS level
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnhancedMonitoring was not recorded')
                    WHEN level NOT IN ('PER_TOPIC_PER_BROKER', 'PER_TOPIC_PER_PARTITION')
                    THEN json_array('NON_COMPLIANT', 'the level of monitoring is ' || level)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
