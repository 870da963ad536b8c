-- rules: ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED
-- text: tags of images stay what they are
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.ImageTagMutability')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'ImageTagMutability was not recorded')
                    WHEN value <> 'IMMUTABLE' THEN json_array('NON_COMPLIANT', 'the mutability of tags is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
