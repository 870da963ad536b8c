-- rules: AMPLIFY_BRANCH_PERFORMANCE_MODE_ENABLED
-- text: Amplify branches are in performance mode
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EnablePerformanceMode') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnablePerformanceMode was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'performance mode is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
