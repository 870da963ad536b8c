-- rules: RUM_APP_MONITOR_CLOUDWATCH_LOGS_ENABLED
-- text: app monitors keep events in CloudWatch Logs
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.CwLogEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'CwLogEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'events are not kept in CloudWatch Logs')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
