-- rules: BATCH_COMPUTE_ENVIRONMENT_MANAGED
-- text: compute environments are managed by Batch
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Type')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN value <> 'MANAGED' THEN json_array('NON_COMPLIANT', 'the compute environment is not managed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
