-- rules: ATHENA_WORKGROUP_LOGGING_ENABLED
-- text: work groups publish metrics to CloudWatch
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.WorkGroupConfiguration.PublishCloudWatchMetricsEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'WorkGroupConfiguration.PublishCloudWatchMetricsEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the work group publishes no metrics')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
