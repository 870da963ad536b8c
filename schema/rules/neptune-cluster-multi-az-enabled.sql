-- rules: NEPTUNE_CLUSTER_MULTI_AZ_ENABLED
-- text: Neptune clusters have several zones
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.multiAZ') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'multiAZ was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the cluster has one availability zone')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
