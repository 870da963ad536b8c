-- rules: APPCONFIG_DEPLOYMENT_STRATEGY_MINIMUM_FINAL_BAKE_TIME
-- text: deployment strategies watch for minBakeTime minutes in the end
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.FinalBakeTimeInMinutes') AS minutes,
         CAST(coalesce(:parameters ->> '$.minBakeTime', '30') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN minutes IS NULL THEN json_array('INSUFFICIENT_DATA', 'FinalBakeTimeInMinutes was not recorded')
                    WHEN CAST(minutes AS REAL) < least
                    THEN json_array('NON_COMPLIANT', 'the final bake time is ' || minutes || ' minutes, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
