-- rules: BATCH_COMPUTE_ENVIRONMENT_ENABLED
-- text: compute environments of Batch are enabled
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.State')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'State was not recorded')
                    WHEN value <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'the compute environment is disabled')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
