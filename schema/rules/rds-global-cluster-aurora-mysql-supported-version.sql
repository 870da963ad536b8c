-- rules: RDS_GLOBAL_CLUSTER_AURORA_MYSQL_SUPPORTED_VERSION
-- text: global databases of Aurora MySQL run a version that is supported
WITH listed(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.longTermSupportVersion'), ',', '","') || ']') WHERE trim(value) <> ''),
long_term(v) AS (SELECT CASE WHEN instr(v, 'mysql_aurora.') THEN substr(v, instr(v, 'mysql_aurora.') + 13) ELSE v END FROM listed),
least(v) AS (SELECT CASE WHEN instr(p, 'mysql_aurora.') THEN substr(p, instr(p, 'mysql_aurora.') + 13) ELSE p END FROM (SELECT :parameters ->> '$.minSupportedEngineVersion' AS p))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN version IS NULL THEN 'the item has no EngineVersion' END AS missing,
               CASE WHEN version NOT IN (SELECT v FROM long_term) AND (major, minor, patch) < (SELECT CAST(v AS INTEGER), CAST(substr(v, instr(v, '.') + 1) AS INTEGER), CASE WHEN instr(substr(v, instr(v, '.') + 1), '.') THEN CAST(substr(substr(v, instr(v, '.') + 1), instr(substr(v, instr(v, '.') + 1), '.') + 1) AS INTEGER) ELSE 0 END FROM least)
                    THEN 'the version is ' || version || ', less than ' || (SELECT v FROM least) END AS why
          FROM (SELECT item_id, version, CAST(version AS INTEGER) AS major, CAST(substr(version, instr(version, '.') + 1) AS INTEGER) AS minor,
                       CASE WHEN instr(substr(version, instr(version, '.') + 1), '.') THEN CAST(substr(substr(version, instr(version, '.') + 1), instr(substr(version, instr(version, '.') + 1), '.') + 1) AS INTEGER) ELSE 0 END AS patch
                  FROM (SELECT item_id, CASE WHEN instr(full, 'mysql_aurora.') THEN substr(full, instr(full, 'mysql_aurora.') + 13) ELSE full END AS version
                          FROM (SELECT item_id, configuration ->> '$.EngineVersion' AS full FROM item WHERE coalesce(configuration ->> '$.Engine', 'aurora-mysql') IN ('aurora', 'aurora-mysql')))))
