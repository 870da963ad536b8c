-- rules: OPENSEARCHSERVERLESS_COLLECTION_STANDBYREPLICAS_ENABLED
-- text: collections have standby replicas
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.StandbyReplicas')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'StandbyReplicas was not recorded')
                    WHEN value <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'standby replicas are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
