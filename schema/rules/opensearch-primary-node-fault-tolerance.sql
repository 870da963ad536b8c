-- rules: OPENSEARCH_PRIMARY_NODE_FAULT_TOLERANCE
-- text: domains have three dedicated primary nodes or more
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ClusterConfig') AS kept,
         json_extract(configuration, '$.ClusterConfig.DedicatedMasterEnabled') AS on_,
         coalesce(json_extract(configuration, '$.ClusterConfig.DedicatedMasterCount'), 0) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR on_ IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'ClusterConfig.DedicatedMasterEnabled was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the domain has no dedicated primary nodes')
                    WHEN n < 3 THEN json_array('NON_COMPLIANT', 'the domain has ' || n || ' dedicated primary nodes')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
