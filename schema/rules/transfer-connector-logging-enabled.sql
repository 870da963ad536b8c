-- rules: TRANSFER_CONNECTOR_LOGGING_ENABLED
-- text: connectors log to CloudWatch
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AccessRole') AS whole, coalesce(json_extract(configuration, '$.LoggingRole'), '') AS role_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN role_ <> '' THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'LoggingRole was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the connector has no role to log with')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
