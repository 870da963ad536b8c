-- rules: MQ_ACTIVE_SINGLE_INSTANCE_BROKER_STORAGE_TYPE_EFS
-- text: single brokers of ActiveMQ, of the family mq.m5, keep messages in EFS
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.EngineType')) AS engine, json_extract(configuration, '$.DeploymentMode') AS mode,
         json_extract(configuration, '$.HostInstanceType') AS family, upper(json_extract(configuration, '$.StorageType')) AS storage
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineType was not recorded')
                    WHEN engine <> 'ACTIVEMQ' THEN json_array('NOT_APPLICABLE', 'not a broker of ActiveMQ')
                    WHEN mode IS NULL THEN json_array('INSUFFICIENT_DATA', 'DeploymentMode was not recorded')
                    WHEN mode <> 'SINGLE_INSTANCE' OR family NOT LIKE 'mq.m5.%'
                    THEN json_array('NOT_APPLICABLE', 'not a single instance of mq.m5')
                    WHEN storage IS NULL THEN json_array('INSUFFICIENT_DATA', 'StorageType was not recorded')
                    WHEN storage <> 'EFS' THEN json_array('NON_COMPLIANT', 'messages are kept in ' || storage)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
