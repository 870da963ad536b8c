-- rules: DATASYNC_TASK_LOGGING_ENABLED
-- text: tasks log to CloudWatch, at logLevel
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Options.LogLevel')) AS level,
         nullif(json_extract(configuration, '$.CloudWatchLogGroupArn'), '') AS group_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN level IS NULL THEN json_array('INSUFFICIENT_DATA', 'Options.LogLevel was not recorded')
                    WHEN level = 'OFF' OR group_ IS NULL THEN json_array('NON_COMPLIANT', 'the task does not log')
                    WHEN trim(:parameters ->> '$.logLevel') <> '' AND level <> upper(trim(:parameters ->> '$.logLevel'))
                    THEN json_array('NON_COMPLIANT', 'the task logs at ' || level)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
