-- rules: WAFV2_RULEGROUP_LOGGING_ENABLED
-- text: rule groups give metrics to CloudWatch
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.VisibilityConfig.CloudWatchMetricsEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'VisibilityConfig.CloudWatchMetricsEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the rule group gives no metrics')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
