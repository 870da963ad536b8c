-- rules: NEPTUNE_CLUSTER_CLOUDWATCH_LOG_EXPORT_ENABLED
-- text: Neptune clusters export audit logs
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_type(configuration, '$.enabledCloudwatchLogsExports') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.enabledCloudwatchLogsExports') l WHERE l.value = 'audit') AS audit
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN audit = 0 THEN json_array('NON_COMPLIANT', 'audit logs are not exported')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
