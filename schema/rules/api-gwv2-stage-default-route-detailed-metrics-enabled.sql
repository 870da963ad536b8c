-- rules: API_GWV2_STAGE_DEFAULT_ROUTE_DETAILED_METRICS_ENABLED
-- text: the default routes of HTTP and WebSocket APIs give detailed metrics
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.defaultRouteSettings.detailedMetricsEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'defaultRouteSettings.detailedMetricsEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the default route gives no detailed metrics')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
