-- rules: APPRUNNER_SERVICE_MAX_UNHEALTHY_THRESHOLD
-- text: app Runner services are unhealthy after maxUnhealthyThreshold failed checks at most
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.HealthCheckConfiguration.UnhealthyThreshold') AS n,
         CAST((:parameters ->> '$.maxUnhealthyThreshold') AS INTEGER) AS most
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n IS NULL THEN json_array('INSUFFICIENT_DATA', 'HealthCheckConfiguration.UnhealthyThreshold was not recorded')
                    WHEN CAST(n AS INTEGER) > most THEN json_array('NON_COMPLIANT', 'the threshold is ' || n || ', more than ' || most)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
