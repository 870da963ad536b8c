-- rules: REDSHIFT_REQUIRE_TLS_SSL
-- types: AWS::Redshift::Cluster
-- reads: AWS::Redshift::ClusterParameterGroup
-- text: clusters are reached by TLS only
WITH setting AS MATERIALIZED (
  SELECT coalesce(json_extract(e.configuration, '$.parameterGroupName'), e.resource_id) AS name,
         max(CASE WHEN json_extract(e.supplementary, p.fullkey || '.parameterName') = 'require_ssl'
                  THEN lower(json_extract(e.supplementary, p.fullkey || '.parameterValue')) END) AS value
    FROM estate e, json_each(e.supplementary, '$.Parameters') p
   WHERE e.resource_type = 'AWS::Redshift::ClusterParameterGroup'
   GROUP BY 1),
seen AS (
  SELECT item_id,
         (SELECT count(*) FROM json_each(item.configuration, '$.clusterParameterGroups') g LEFT JOIN setting s ON s.name = json_extract(item.configuration, g.fullkey || '.parameterGroupName')) AS n,
         (SELECT group_concat(s.name, ', ') FROM json_each(item.configuration, '$.clusterParameterGroups') g LEFT JOIN setting s ON s.name = json_extract(item.configuration, g.fullkey || '.parameterGroupName') WHERE s.value <> 'true') AS plain,
         (SELECT count(*) FROM json_each(item.configuration, '$.clusterParameterGroups') g LEFT JOIN setting s ON s.name = json_extract(item.configuration, g.fullkey || '.parameterGroupName') WHERE s.value IS NULL) AS unknown
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n = 0 THEN json_array('INSUFFICIENT_DATA', 'clusterParameterGroups was not recorded')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'require_ssl is not true in the parameter group ' || plain)
                    WHEN unknown > 0 THEN json_array('INSUFFICIENT_DATA', 'the parameters of its parameter group were not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
