-- rules: AMPLIFY_BRANCH_AUTO_BUILD_ENABLED
-- text: Amplify branches are built when the repository changes
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EnableAutoBuild') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnableAutoBuild was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the branch is not built when the repository changes')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
