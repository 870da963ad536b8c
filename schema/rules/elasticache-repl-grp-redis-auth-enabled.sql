-- rules: ELASTICACHE_REPL_GRP_REDIS_AUTH_ENABLED
-- reads: AWS::ElastiCache::CacheCluster
-- text: replication groups before version 6 ask for a token
WITH node AS MATERIALIZED (
  SELECT json_extract(configuration, '$.replicationGroupId') AS id, min(CAST(json_extract(configuration, '$.engineVersion') AS INTEGER)) AS major
    FROM estate
   WHERE resource_type = 'AWS::ElastiCache::CacheCluster' AND json_extract(configuration, '$.replicationGroupId') IS NOT NULL
   GROUP BY 1),
seen AS (
  SELECT item_id, n.major AS major, json_extract(item.configuration, '$.authTokenEnabled') AS token
    FROM item LEFT JOIN node n ON n.id = json_extract(item.configuration, '$.replicationGroupId'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN major >= 6 THEN json_array('NOT_APPLICABLE', 'from version 6 on there are user groups')
                    WHEN token = 1 THEN '["COMPLIANT"]'
                    WHEN token IS NULL THEN json_array('INSUFFICIENT_DATA', 'authTokenEnabled was not recorded')
                    WHEN major IS NULL THEN json_array('INSUFFICIENT_DATA', 'the version of its nodes was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the replication group asks for no token')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
