-- rules: ACM_CERTIFICATE_TRANSPARENT_LOGGING_ENABLED
-- text: certificates are written into the public logs of certificate transparency
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.options.certificateTransparencyLoggingPreference') AS preference
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN preference IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'options.certificateTransparencyLoggingPreference was not recorded')
                    WHEN preference <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'logging for certificate transparency is disabled')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
