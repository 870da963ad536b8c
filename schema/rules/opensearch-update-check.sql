-- rules: OPENSEARCH_UPDATE_CHECK
-- text: domains run the newest service software
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ServiceSoftwareOptions.UpdateAvailable') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'ServiceSoftwareOptions.UpdateAvailable was not recorded')
                    WHEN setting IS NOT 0 THEN json_array('NON_COMPLIANT', 'an update is available and not installed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
