-- rules: SSM_AUTOMATION_LOGGING_ENABLED
-- reads: Siltstone::SSM::AutomationLogging
-- text: what scripts of Automation print goes to CloudWatch
WITH seen AS (
  SELECT max(coalesce(json_extract(e.configuration, '$.settingValue'), CASE WHEN json_extract(e.configuration, '$.settingId') <> ''
      THEN '' END)) AS setting
    FROM (SELECT 1) LEFT JOIN estate e ON e.resource_type = 'Siltstone::SSM::AutomationLogging')
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id, verdict ->> 0 AS result, verdict ->> 1 AS annotation
  FROM (SELECT CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'the service setting was not recorded')
                   WHEN lower(setting) <> 'cloudwatch' THEN json_array('NON_COMPLIANT', 'the output of scripts is not sent to CloudWatch')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
