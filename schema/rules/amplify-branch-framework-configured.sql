-- rules: AMPLIFY_BRANCH_FRAMEWORK_CONFIGURED
-- text: Amplify branches have a framework, one of approvedFrameworks
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, nullif(json_extract(configuration, '$.Framework'), '') AS framework
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN framework IS NULL THEN json_array('NON_COMPLIANT', 'no framework is configured')
                    WHEN trim(:parameters ->> '$.approvedFrameworks') <> '' AND framework NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedFrameworks'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the framework is ' || framework)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
