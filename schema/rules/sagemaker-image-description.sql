-- rules: SAGEMAKER_IMAGE_DESCRIPTION
-- text: SageMaker images are described
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.ImageDescription') AS words
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN coalesce(trim(words), '') = '' THEN json_array('NON_COMPLIANT', 'it has no description')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
