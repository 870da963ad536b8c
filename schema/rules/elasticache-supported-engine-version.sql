-- rules: ELASTICACHE_SUPPORTED_ENGINE_VERSION
-- text: clusters run latestRedisVersion or latestMemcachedVersion, or newer
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.engineVersion') AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL OR version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'engineVersion was not recorded')
                    WHEN (CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1) < (CAST(coalesce(('[' || replace(json_quote(CAST(CASE engine WHEN 'memcached'
                        THEN (:parameters ->> '$.latestMemcachedVersion') ELSE (:parameters ->> '$.latestRedisVersion') END AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(CASE engine WHEN 'memcached'
                        THEN (:parameters ->> '$.latestMemcachedVersion') ELSE (:parameters ->> '$.latestRedisVersion') END AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(CASE engine WHEN 'memcached'
                        THEN (:parameters ->> '$.latestMemcachedVersion') ELSE (:parameters ->> '$.latestRedisVersion') END AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1)
                    THEN json_array('NON_COMPLIANT', 'the version is ' || version_ || ', older than ' || CASE engine WHEN 'memcached'
                        THEN (:parameters ->> '$.latestMemcachedVersion') ELSE (:parameters ->> '$.latestRedisVersion') END)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
