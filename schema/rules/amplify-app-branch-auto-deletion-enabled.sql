-- rules: AMPLIFY_APP_BRANCH_AUTO_DELETION_ENABLED
-- text: branches of Amplify apps go when they are deleted in the repository
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EnableBranchAutoDeletion') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnableBranchAutoDeletion was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'branches stay when they are deleted in the repository')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
