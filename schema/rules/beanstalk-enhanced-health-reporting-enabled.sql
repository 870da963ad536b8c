-- rules: BEANSTALK_ENHANCED_HEALTH_REPORTING_ENABLED
-- text: environments report health in the enhanced way
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.environmentName') AS whole,
         coalesce(json_extract(configuration, '$.healthStatus'), '') AS status_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'environmentName was not recorded')
                    WHEN status_ = '' THEN json_array('NON_COMPLIANT', 'health is reported in the basic way')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
