-- rules: DATASYNC_LOCATION_OBJECT_STORAGE_USING_HTTPS
-- text: object storage is reached by HTTPS
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.ServerProtocol')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'ServerProtocol was not recorded')
                    WHEN value <> 'HTTPS' THEN json_array('NON_COMPLIANT', 'the protocol is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
