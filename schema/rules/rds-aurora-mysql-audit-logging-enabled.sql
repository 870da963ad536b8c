-- rules: RDS_AURORA_MYSQL_AUDIT_LOGGING_ENABLED
-- text: Aurora MySQL clusters publish their audit log to CloudWatch Logs
WITH needed(v) AS (VALUES ('audit'))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.dbclusterIdentifier' IS NULL THEN 'the item has no identifier: it was not read' END AS missing,
               (SELECT 'not published to CloudWatch Logs: ' || group_concat(v, ', ') FROM needed
                 WHERE v NOT IN (SELECT value FROM json_each(configuration, '$.enabledCloudwatchLogsExports') WHERE type = 'text') HAVING count(*) > 0) AS why
          FROM item WHERE configuration ->> '$.engine' IN ('aurora', 'aurora-mysql'))
