-- rules: CLOUDWATCH_ALARM_SETTINGS_CHECK
-- text: alarms for metricName have the settings that are asked for
WITH seen AS (
  SELECT item_id, configuration, json_extract(configuration, '$.metricName') AS metric, json_extract(configuration, '$.period') AS period_,
         json_extract(configuration, '$.statistic') AS statistic_,
         json_extract(configuration, '$.comparisonOperator') AS comparisonOperator_,
         json_extract(configuration, '$.threshold') AS threshold_, json_extract(configuration, '$.evaluationPeriods') AS evaluationPeriods_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN json_type(configuration) IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN metric IS NOT trim(:parameters ->> '$.metricName')
                    THEN json_array('NOT_APPLICABLE', 'an alarm for another metric')
                    WHEN trim(:parameters ->> '$.period') <> '' AND CAST(period_ AS REAL) IS NOT CAST((:parameters ->> '$.period') AS REAL)
                    THEN json_array('NON_COMPLIANT', 'period is ' || coalesce(period_, 'not set') || ', not ' || (:parameters ->> '$.period'))
                    WHEN trim(:parameters ->> '$.statistic') <> '' AND lower(statistic_) IS NOT lower(trim(:parameters ->> '$.statistic'))
                    THEN json_array('NON_COMPLIANT', 'statistic is ' || coalesce(statistic_, 'not set') || ', not '
                        || (:parameters ->> '$.statistic'))
                    WHEN trim(:parameters ->> '$.comparisonOperator') <> ''
                        AND lower(comparisonOperator_) IS NOT lower(trim(:parameters ->> '$.comparisonOperator'))
                    THEN json_array('NON_COMPLIANT', 'comparisonOperator is ' || coalesce(comparisonOperator_, 'not set') || ', not '
                        || (:parameters ->> '$.comparisonOperator'))
                    WHEN trim(:parameters ->> '$.threshold') <> '' AND CAST(threshold_ AS REAL) IS NOT CAST((:parameters ->> '$.threshold') AS REAL)
                    THEN json_array('NON_COMPLIANT', 'threshold is ' || coalesce(threshold_, 'not set') || ', not '
                        || (:parameters ->> '$.threshold'))
                    WHEN trim(:parameters ->> '$.evaluationPeriods') <> ''
                        AND CAST(evaluationPeriods_ AS REAL) IS NOT CAST((:parameters ->> '$.evaluationPeriods') AS REAL)
                    THEN json_array('NON_COMPLIANT', 'evaluationPeriods is ' || coalesce(evaluationPeriods_, 'not set') || ', not '
                        || (:parameters ->> '$.evaluationPeriods'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
