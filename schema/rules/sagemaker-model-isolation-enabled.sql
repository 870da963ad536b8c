-- rules: SAGEMAKER_MODEL_ISOLATION_ENABLED
-- text: models are kept from the network
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EnableNetworkIsolation') AS setting,
         json_extract(configuration, '$.ExecutionRoleArn') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnableNetworkIsolation was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'network isolation is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
