-- rules: SAGEMAKER_MODEL_QUALITY_JOB_DEFINITION_ISOLATION
-- text: containers of model quality jobs are kept from the network
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.NetworkConfig.EnableNetworkIsolation') AS setting,
         json_extract(configuration, '$.RoleArn') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'NetworkConfig.EnableNetworkIsolation was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'network isolation is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
