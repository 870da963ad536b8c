-- rules: RDS_SQL_SERVER_LOGS_TO_CLOUDWATCH
-- text: SQL Server instances publish their logs to CloudWatch Logs, those that are asked for
WITH asked(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.logTypes'), ',', '","') || ']') WHERE trim(value) <> ''),
needed(v) AS (SELECT lower(v) FROM asked UNION SELECT column1 FROM (VALUES ('error'), ('agent')) WHERE NOT EXISTS (SELECT 1 FROM asked))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.dBInstanceIdentifier' IS NULL THEN 'the item has no identifier: it was not read' END AS missing,
               (SELECT 'not published to CloudWatch Logs: ' || group_concat(v, ', ') FROM needed
                 WHERE v NOT IN (SELECT value FROM json_each(configuration, '$.enabledCloudwatchLogsExports') WHERE type = 'text') HAVING count(*) > 0) AS why
          FROM item WHERE configuration ->> '$.engine' IN ('sqlserver-ee', 'sqlserver-se', 'sqlserver-ex', 'sqlserver-web'))
