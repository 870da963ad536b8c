-- rules: FIS_EXPERIMENT_TEMPLATE_LOG_CONFIGURATION_EXISTS
-- text: experiments are logged
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Targets') AS whole, json_type(configuration, '$.LogConfiguration') AS log
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN log = 'object' THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'LogConfiguration was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'experiments are not logged')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
