-- rules: MARIADB_PUBLISH_LOGS_TO_CLOUDWATCH_LOGS
-- text: instances of MariaDB send logs to CloudWatch, those in logTypes
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine,
         (SELECT count(*) FROM json_each(configuration, '$.enabledCloudwatchLogsExports')) AS n,
         (SELECT group_concat(w.value, ', ') FROM (SELECT lower(trim(value)) AS value FROM json_each('['
             || replace(json_quote(coalesce(nullif(trim(:parameters ->> '$.logTypes'), ''), 'audit,error,general,slowquery')), ',', '","')
             || ']')) w WHERE w.value NOT IN (SELECT lower(value) FROM json_each(configuration, '$.enabledCloudwatchLogsExports'))) AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'mariadb' THEN json_array('NOT_APPLICABLE', 'not of MariaDB')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'no logs are sent to CloudWatch')
                    WHEN trim(:parameters ->> '$.logTypes') <> '' AND off_ <> ''
                    THEN json_array('NON_COMPLIANT', 'these logs are not sent to CloudWatch: ' || off_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
