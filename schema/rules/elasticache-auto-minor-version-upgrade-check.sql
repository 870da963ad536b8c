-- rules: ELASTICACHE_AUTO_MINOR_VERSION_UPGRADE_CHECK
-- text: clusters of Redis and Valkey take minor versions by themselves
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.autoMinorVersionUpgrade') AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine NOT IN ('redis', 'valkey') THEN json_array('NOT_APPLICABLE', 'not of Redis or Valkey')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'autoMinorVersionUpgrade was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'minor versions are not taken automatically')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
