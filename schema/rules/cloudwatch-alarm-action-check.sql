-- rules: CLOUDWATCH_ALARM_ACTION_CHECK
-- text: alarms act when they go off, lack data, or are well again, as is asked; with one of the actions named
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.alarmActions')) AS on_alarm,
         (SELECT count(*) FROM json_each(configuration, '$.insufficientDataActions')) AS on_lack,
         (SELECT count(*) FROM json_each(configuration, '$.okactions')) AS on_ok,
         (SELECT count(*) FROM json_each(json_array(:parameters ->> '$.action1', (:parameters ->> '$.action2'), (:parameters ->> '$.action3'), (:parameters ->> '$.action4'), (:parameters ->> '$.action5'))) t WHERE trim(t.value) <> '') AS asked,
         (SELECT count(*) FROM json_each(json_array(:parameters ->> '$.action1', (:parameters ->> '$.action2'), (:parameters ->> '$.action3'), (:parameters ->> '$.action4'), (:parameters ->> '$.action5'))) t WHERE trim(t.value) <> '' AND trim(t.value) IN (SELECT value FROM json_each(configuration, '$.alarmActions') UNION ALL SELECT value FROM json_each(configuration, '$.insufficientDataActions') UNION ALL SELECT value FROM json_each(configuration, '$.okactions'))) AS met
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN lower(:parameters ->> '$.alarmActionRequired') = 'true' AND on_alarm = 0
                    THEN json_array('NON_COMPLIANT', 'nothing is done when the alarm goes off')
                    WHEN lower(:parameters ->> '$.insufficientDataActionRequired') = 'true' AND on_lack = 0
                    THEN json_array('NON_COMPLIANT', 'nothing is done when data are missing')
                    WHEN lower(:parameters ->> '$.okActionRequired') = 'true' AND on_ok = 0
                    THEN json_array('NON_COMPLIANT', 'nothing is done when all is well again')
                    WHEN asked > 0 AND met = 0 THEN json_array('NON_COMPLIANT', 'none of its actions is one of those asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
