-- rules: AMPLIFY_BRANCH_PULL_REQUEST_PREVIEW_ENABLED
-- text: Amplify branches have previews of pull requests
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EnablePullRequestPreview') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'EnablePullRequestPreview was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'pull requests have no preview')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
