-- rules: AMPLIFY_APP_NO_ENVIRONMENT_VARIABLES
-- text: Amplify apps have no environment variables
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.EnvironmentVariables')) AS variables
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN variables > 0 THEN json_array('NON_COMPLIANT', 'it has ' || variables || ' environment variables')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
