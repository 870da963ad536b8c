-- rules: SAGEMAKER_MODEL_MULTICONTAINER_PRIVATE_REGISTRY
-- text: the images of models of several containers come from a registry in the VPC
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ExecutionRoleArn') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.Containers') c) AS n,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Image'), '?'), ', ')
             FROM json_each(configuration, '$.Containers') c WHERE coalesce(json_extract(configuration, c.fullkey
             || '.ImageConfig.RepositoryAccessMode'), 'Platform') <> 'Vpc') AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND n = 0 THEN json_array('INSUFFICIENT_DATA', 'Containers was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'not a model of several containers')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'not from the VPC: ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
