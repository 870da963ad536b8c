-- rules: APPSYNC_GRAPHQL_API_XRAY_ENABLED
-- text: requests to GraphQL APIs are traced with X-Ray
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.XrayEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'XrayEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'requests are not traced')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
