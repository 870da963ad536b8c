-- rules: CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED
-- text: trails are sent to CloudWatch Logs
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.trailARN' IS NULL THEN 'the item has no trailARN: it was not read'
                    WHEN :parameters ->> '$.expectedDeliveryWindowAge' <> '' AND coalesce(configuration ->> '$.cloudWatchLogsLogGroupArn', '') <> '' THEN 'it is not recorded when the trail was last delivered' END AS missing,
               CASE WHEN coalesce(configuration ->> '$.cloudWatchLogsLogGroupArn', '') = '' THEN 'the trail is not sent to CloudWatch Logs' END AS why
          FROM item)
