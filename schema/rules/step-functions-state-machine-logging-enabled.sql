-- rules: STEP_FUNCTIONS_STATE_MACHINE_LOGGING_ENABLED
-- text: state machines log, at logLevel at least, to one of cloudWatchLogGroupArns
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.RoleArn') AS whole,
         upper(coalesce(json_extract(configuration, '$.LoggingConfiguration.Level'), 'OFF')) AS level,
         (SELECT count(*) FROM json_each(configuration, '$.LoggingConfiguration.Destinations') d, json_each('['
             || replace(json_quote(:parameters ->> '$.cloudWatchLogGroupArns'), ',', '","') || ']') w WHERE json_extract(configuration, d.fullkey
             || '.CloudWatchLogsLogGroup.LogGroupArn') IN (trim(w.value), trim(w.value) || ':*')) AS met
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'LoggingConfiguration was not recorded')
                    WHEN level = 'OFF' THEN json_array('NON_COMPLIANT', 'the state machine does not log')
                    WHEN trim(:parameters ->> '$.logLevel') <> '' AND CASE upper(level) WHEN 'OFF' THEN 0 WHEN 'FATAL' THEN 1 WHEN 'ERROR' THEN 2
                        WHEN 'ALL' THEN 3 END < CASE upper(trim(:parameters ->> '$.logLevel')) WHEN 'OFF' THEN 0 WHEN 'FATAL' THEN 1 WHEN 'ERROR'
                        THEN 2 WHEN 'ALL' THEN 3 END
                    THEN json_array('NON_COMPLIANT', 'the state machine logs at ' || level)
                    WHEN trim(:parameters ->> '$.cloudWatchLogGroupArns') <> '' AND met = 0
                    THEN json_array('NON_COMPLIANT', 'the state machine logs to none of the log groups asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
