-- rules: GLUE_JOB_LOGGING_ENABLED
-- text: jobs log to CloudWatch as they run
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Command') AS whole,
         lower(json_extract(configuration, '$.DefaultArguments."--enable-continuous-cloudwatch-log"')) AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'DefaultArguments was not recorded')
                    WHEN coalesce(on_, 'false') NOT IN ('true', '1') THEN json_array('NON_COMPLIANT', 'continuous logging is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
