-- rules: ELASTICACHE_REPL_GRP_ENCRYPTED_IN_TRANSIT
-- text: replication groups are reached by TLS
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.transitEncryptionEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'transitEncryptionEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the replication group is not encrypted in transit')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
