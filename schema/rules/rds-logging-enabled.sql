-- rules: RDS_LOGGING_ENABLED
-- text: DB instances publish to CloudWatch Logs what logs their engine has, and those that are asked for
WITH usual(engine, log) AS (VALUES
  ('postgres', 'postgresql'), ('postgres', 'upgrade'), ('mysql', 'audit'), ('mysql', 'error'), ('mysql', 'general'), ('mysql', 'slowquery'),
  ('aurora', 'audit'), ('aurora', 'error'), ('aurora', 'general'), ('aurora', 'slowquery'), ('aurora-mysql', 'audit'), ('aurora-mysql', 'error'), ('aurora-mysql', 'general'), ('aurora-mysql', 'slowquery'),
  ('aurora-postgresql', 'postgresql'), ('mariadb', 'audit'), ('mariadb', 'error'), ('mariadb', 'general'), ('mariadb', 'slowquery'),
  ('oracle-ee', 'alert'), ('oracle-ee', 'audit'), ('oracle-ee', 'trace'), ('oracle-ee', 'listener'), ('oracle-ee-cdb', 'alert'), ('oracle-ee-cdb', 'audit'), ('oracle-ee-cdb', 'trace'), ('oracle-ee-cdb', 'listener'),
  ('oracle-se2', 'alert'), ('oracle-se2', 'audit'), ('oracle-se2', 'trace'), ('oracle-se2', 'listener'), ('oracle-se2-cdb', 'alert'), ('oracle-se2-cdb', 'audit'), ('oracle-se2-cdb', 'trace'), ('oracle-se2-cdb', 'listener'),
  ('sqlserver-ee', 'error'), ('sqlserver-ee', 'agent'), ('sqlserver-se', 'error'), ('sqlserver-se', 'agent'), ('sqlserver-ex', 'error'), ('sqlserver-web', 'error'), ('sqlserver-web', 'agent')),
-- additionalLogs: {"oracle":"general,slowquery"}
more(engine, logs) AS (
  SELECT lower(key), value FROM json_each(CASE WHEN json_valid(:parameters ->> '$.additionalLogs') THEN :parameters ->> '$.additionalLogs' END) WHERE type = 'text')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.dBInstanceIdentifier' IS NULL THEN 'the item has no dBInstanceIdentifier: it was not read' END AS missing,
               (SELECT 'not published to CloudWatch Logs: ' || group_concat(log, ', ') FROM (
                  SELECT log FROM usual u WHERE u.engine = i.engine UNION SELECT lower(trim(l.value)) FROM more m, json_each('[' || replace(json_quote(m.logs), ',', '","') || ']') l WHERE m.engine IN (i.engine, i.family) AND trim(l.value) <> '')
                 WHERE log NOT IN (SELECT value FROM json_each(configuration, '$.enabledCloudwatchLogsExports') WHERE type = 'text') HAVING count(*) > 0) AS why
          FROM (SELECT item_id, configuration, configuration ->> '$.engine' AS engine,
                       CASE WHEN configuration ->> '$.engine' LIKE 'oracle%' THEN 'oracle' WHEN configuration ->> '$.engine' LIKE 'sqlserver%' THEN 'sqlserver' END AS family
                  FROM item) i
         WHERE engine IN (SELECT engine FROM usual))
