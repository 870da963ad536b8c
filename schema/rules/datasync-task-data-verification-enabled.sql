-- rules: DATASYNC_TASK_DATA_VERIFICATION_ENABLED
-- text: tasks verify what they transfer
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Options.VerifyMode')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Options.VerifyMode was not recorded')
                    WHEN value = 'NONE' THEN json_array('NON_COMPLIANT', 'data are not verified')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
