-- rules: SAGEMAKER_ENDPOINT_CONFIG_PROD_INSTANCE_COUNT
-- text: production variants begin with more than one instance
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ProductionVariants') AS kept,
         (SELECT group_concat(coalesce(json_extract(configuration, v.fullkey || '.VariantName'), '?'), ', ')
             FROM json_each(configuration, '$.ProductionVariants') v WHERE json_extract(configuration, v.fullkey
             || '.InitialInstanceCount') <= 1) AS few
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ProductionVariants was not recorded')
                    WHEN few <> '' THEN json_array('NON_COMPLIANT', 'a single instance: ' || few)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
