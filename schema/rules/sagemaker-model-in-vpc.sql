-- rules: SAGEMAKER_MODEL_IN_VPC
-- text: models are in a VPC
WITH seen AS (
  SELECT item_id,
         coalesce(json_extract(configuration, '$.ExecutionRoleArn'), json_extract(configuration, '$.PrimaryContainer'), json_extract(configuration, '$.Containers')) AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.VpcConfig.Subnets')) AS subnets
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN subnets > 0 THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'VpcConfig was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the model is in no VPC')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
