-- rules: DMS_ENDPOINT_SSL_CONFIGURED
-- text: endpoints are reached by SSL
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.SslMode')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'SslMode was not recorded')
                    WHEN value = 'NONE' THEN json_array('NON_COMPLIANT', 'connections are not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
