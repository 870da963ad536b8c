-- rules: LAMBDA_FUNCTION_SYSTEM_LOG_LEVEL_CHECK
-- text: the system log level of functions is the one that is asked for
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.logLevel'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN level IS NULL THEN 'the function has no system log level: it logs plain text' WHEN EXISTS (SELECT 1 FROM wanted) AND level NOT IN (SELECT upper(v) FROM wanted) THEN 'the system log level is ' || level END AS why
          FROM (SELECT item_id, configuration, upper(configuration ->> '$.loggingConfig.systemLogLevel') AS level
                  FROM item))
