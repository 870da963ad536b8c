-- rules: APPSYNC_LOGGING_ENABLED
-- text: GraphQL APIs log the resolving of fields, at one of the levels in fieldLoggingLevel
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AuthenticationType') AS whole,
         upper(coalesce(json_extract(configuration, '$.LogConfig.FieldLogLevel'), 'NONE')) AS level
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN level = 'NONE' THEN json_array('NON_COMPLIANT', 'fields are not logged')
                    WHEN trim(:parameters ->> '$.fieldLoggingLevel') <> '' AND level NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.fieldLoggingLevel'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'fields are logged at ' || level)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
