-- rules: LAMBDA_FUNCTION_LOG_FORMAT_JSON
-- text: functions log JSON
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' END AS missing,
               CASE WHEN upper(coalesce(configuration ->> '$.loggingConfig.logFormat', 'Text')) <> 'JSON' THEN 'the function logs plain text' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
