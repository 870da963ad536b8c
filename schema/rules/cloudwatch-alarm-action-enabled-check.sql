-- rules: CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK
-- text: the actions of alarms are enabled
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.actionsEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'actionsEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the actions of the alarm are disabled')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
