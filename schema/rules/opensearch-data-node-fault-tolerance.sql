-- rules: OPENSEARCH_DATA_NODE_FAULT_TOLERANCE
-- text: domains have three data nodes or more, in several zones
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ClusterConfig') AS kept, json_extract(configuration, '$.ClusterConfig.InstanceCount') AS n,
         json_extract(configuration, '$.ClusterConfig.ZoneAwarenessEnabled') AS zones
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR n IS NULL THEN json_array('INSUFFICIENT_DATA', 'ClusterConfig was not recorded')
                    WHEN n < 3 THEN json_array('NON_COMPLIANT', 'the domain has ' || n || ' data nodes')
                    WHEN zones IS NOT 1 THEN json_array('NON_COMPLIANT', 'the data nodes are in one zone')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
