-- rules: MSK_CONNECT_CONNECTOR_LOGGING_ENABLED
-- text: connectors log somewhere
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.KafkaConnectVersion') AS whole,
         json_extract(configuration, '$.LogDelivery.WorkerLogDelivery.CloudWatchLogs.Enabled') AS a,
         json_extract(configuration, '$.LogDelivery.WorkerLogDelivery.Firehose.Enabled') AS b,
         json_extract(configuration, '$.LogDelivery.WorkerLogDelivery.S3.Enabled') AS c
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN a = 1 OR b = 1 OR c = 1 THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'LogDelivery was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the connector does not log')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
