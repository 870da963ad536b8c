-- rules: AMPLIFY_APP_PLATFORM_CHECK
-- text: Amplify apps run on approvedPlatform
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Platform')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'Platform was not recorded')
                    WHEN value <> upper(:parameters ->> '$.approvedPlatform')
                    THEN json_array('NON_COMPLIANT', 'the platform is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
