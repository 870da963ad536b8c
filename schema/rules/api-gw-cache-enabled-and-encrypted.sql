-- rules: API_GW_CACHE_ENABLED_AND_ENCRYPTED
-- text: all methods of a stage answer from a cache, which is encrypted
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.methodSettings') AS kept, json_extract(configuration, '$.cacheClusterEnabled') AS cluster,
         (SELECT count(*) FROM json_each(configuration, '$.methodSettings') m WHERE m.key = '*/*') AS all_,
         (SELECT group_concat(m.key, ', ') FROM json_each(configuration, '$.methodSettings') m WHERE json_extract(CASE m.type WHEN 'object'
             THEN m.value END, '$.cachingEnabled') IS NOT 1) AS uncached,
         (SELECT group_concat(m.key, ', ') FROM json_each(configuration, '$.methodSettings') m WHERE json_extract(CASE m.type WHEN 'object'
             THEN m.value END, '$.cacheDataEncrypted') IS NOT 1) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN cluster IS NULL THEN json_array('INSUFFICIENT_DATA', 'cacheClusterEnabled was not recorded')
                    WHEN cluster IS NOT 1 THEN json_array('NON_COMPLIANT', 'the stage has no cache')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'methodSettings was not recorded')
                    WHEN all_ = 0 THEN json_array('NON_COMPLIANT', 'there are methods that no setting turns caching on for')
                    WHEN uncached <> '' THEN json_array('NON_COMPLIANT', 'not cached: ' || uncached)
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'the cache is not encrypted for ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
