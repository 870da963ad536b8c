-- rules: ELASTICACHE_RBAC_AUTH_ENABLED
-- reads: AWS::ElastiCache::CacheCluster
-- text: replication groups of version 6 and later let in by user groups, those in allowedUserGroupIDs
WITH node AS MATERIALIZED (
  SELECT json_extract(configuration, '$.replicationGroupId') AS id, min(CAST(json_extract(configuration, '$.engineVersion') AS INTEGER)) AS major
    FROM estate
   WHERE resource_type = 'AWS::ElastiCache::CacheCluster' AND json_extract(configuration, '$.replicationGroupId') IS NOT NULL
   GROUP BY 1),
seen AS (
  SELECT item_id, n.major AS major, (SELECT count(*) FROM json_each(item.configuration, '$.userGroupIds') u) AS n_,
         (SELECT group_concat(u.value, ', ') FROM json_each(item.configuration, '$.userGroupIds') u WHERE u.value NOT IN (SELECT trim(value)
             FROM json_each('[' || replace(json_quote(:parameters ->> '$.allowedUserGroupIDs'), ',', '","') || ']'))) AS other
    FROM item LEFT JOIN node n ON n.id = json_extract(item.configuration, '$.replicationGroupId'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN major < 6 THEN json_array('NOT_APPLICABLE', 'before version 6 there are no user groups')
                    WHEN n_ > 0 AND NOT coalesce(trim(:parameters ->> '$.allowedUserGroupIDs') <> '' AND other <> '', 0)
                    THEN '["COMPLIANT"]'
                    WHEN major IS NULL THEN json_array('INSUFFICIENT_DATA', 'the version of its nodes was not recorded')
                    WHEN n_ = 0 THEN json_array('NON_COMPLIANT', 'no user group may get in')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'it lets in ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
