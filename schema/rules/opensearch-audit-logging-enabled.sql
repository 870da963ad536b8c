-- rules: OPENSEARCH_AUDIT_LOGGING_ENABLED
-- text: domains write audit logs, to one of cloudWatchLogsLogGroupArnList
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ClusterConfig') AS whole,
         json_extract(configuration, '$.LogPublishingOptions.AUDIT_LOGS.Enabled') AS on_,
         coalesce(json_extract(configuration, '$.LogPublishingOptions.AUDIT_LOGS.CloudWatchLogsLogGroupArn'), '') AS group_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'LogPublishingOptions was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'audit logs are off')
                    WHEN trim(:parameters ->> '$.cloudWatchLogsLogGroupArnList') <> '' AND group_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.cloudWatchLogsLogGroupArnList'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'audit logs go to ' || group_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
