-- rules: SAGEMAKER_MODEL_PRIVATE_REGISTRY_REQUIRED
-- text: the images of models come from a registry in the VPC
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.PrimaryContainer') AS kept, json_extract(configuration, '$.ExecutionRoleArn') AS whole,
         coalesce(json_extract(configuration, '$.PrimaryContainer.ImageConfig.RepositoryAccessMode'), 'Platform') AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'PrimaryContainer was not recorded')
                    WHEN kept IS NULL THEN json_array('NOT_APPLICABLE', 'a model of several containers')
                    WHEN mode <> 'Vpc' THEN json_array('NON_COMPLIANT', 'the image does not come from a registry in the VPC')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
