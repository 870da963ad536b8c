-- rules: ELASTICACHE_REPL_GRP_AUTO_FAILOVER_ENABLED
-- text: replication groups fail over by themselves
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.automaticFailover')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'automaticFailover was not recorded')
                    WHEN value NOT IN ('ENABLED', 'ENABLING') THEN json_array('NON_COMPLIANT', 'automatic failover is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
