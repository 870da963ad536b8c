-- rules: MQ_BROKER_GENERAL_LOGGING_ENABLED
-- text: brokers write general logs
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Logs.General') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'Logs.General was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'general logs are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
