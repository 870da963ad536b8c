-- rules: MQ_RABBIT_DEPLOYMENT_MODE
-- text: brokers of RabbitMQ are more than a single instance
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.EngineType')) AS engine, json_extract(configuration, '$.DeploymentMode') AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineType was not recorded')
                    WHEN engine <> 'RABBITMQ' THEN json_array('NOT_APPLICABLE', 'not a broker of RabbitMQ')
                    WHEN mode IS NULL THEN json_array('INSUFFICIENT_DATA', 'DeploymentMode was not recorded')
                    WHEN mode = 'SINGLE_INSTANCE' THEN json_array('NON_COMPLIANT', 'the broker is a single instance')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
