-- rules: ELASTICACHE_SUBNET_GROUP_CHECK
-- text: clusters have a subnet group of their own
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         coalesce(json_extract(configuration, '$.cacheSubnetGroupName'), '') AS group_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN group_ = '' THEN json_array('INSUFFICIENT_DATA', 'cacheSubnetGroupName was not recorded')
                    WHEN group_ = 'default' THEN json_array('NON_COMPLIANT', 'the cluster is in the default subnet group')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
