-- rules: SAGEMAKER_MODEL_EXPLAINABILITY_JOB_ENCRYPT_IN_TRANSIT
-- text: containers of model explainability jobs talk encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.NetworkConfig.EnableInterContainerTrafficEncryption') AS setting,
         json_extract(configuration, '$.RoleArn') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'NetworkConfig.EnableInterContainerTrafficEncryption was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'what containers say to each other is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
