-- rules: AMPLIFY_APP_BUILD_SPEC_CONFIGURED
-- text: Amplify apps have a build specification
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.BuildSpec') AS words
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN coalesce(trim(words), '') = '' THEN json_array('NON_COMPLIANT', 'it has no build specification')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
