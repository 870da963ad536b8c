-- rules: MQ_CLOUDWATCH_AUDIT_LOGGING_ENABLED, MQ_CLOUDWATCH_AUDIT_LOG_ENABLED
-- text: brokers of ActiveMQ write audit logs
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.EngineType')) AS engine, json_extract(configuration, '$.Logs.Audit') AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineType was not recorded')
                    WHEN engine <> 'ACTIVEMQ' THEN json_array('NOT_APPLICABLE', 'not a broker of ActiveMQ')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'Logs.Audit was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'audit logs are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
