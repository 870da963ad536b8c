-- rules: APPRUNNER_SERVICE_OBSERVABILITY_ENABLED
-- text: app Runner services are observable
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ObservabilityConfiguration.ObservabilityEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'ObservabilityConfiguration.ObservabilityEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'observability is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
