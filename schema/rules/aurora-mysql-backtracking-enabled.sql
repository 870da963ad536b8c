-- rules: AURORA_MYSQL_BACKTRACKING_ENABLED
-- text: Aurora MySQL clusters can be backtracked, for the hours that are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.dbclusterIdentifier' IS NULL THEN 'the item has no dbclusterIdentifier: it was not read' END AS missing,
               CASE WHEN seconds = 0 THEN 'backtracking is not enabled' WHEN seconds <> CAST(nullif(:parameters ->> '$.BacktrackWindowInHours', '') AS REAL) * 3600 THEN 'the cluster can be backtracked for ' || (seconds / 3600.0) || ' hours, not ' || (:parameters ->> '$.BacktrackWindowInHours') END AS why
          FROM (SELECT item_id, configuration, coalesce(configuration ->> '$.backtrackWindow', 0) AS seconds
                  FROM item WHERE configuration ->> '$.engine' IN ('aurora', 'aurora-mysql')))
