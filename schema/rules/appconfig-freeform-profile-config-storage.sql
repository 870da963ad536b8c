-- rules: APPCONFIG_FREEFORM_PROFILE_CONFIG_STORAGE
-- text: freeform profiles are kept in Secrets Manager or hosted by AppConfig
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Type') AS kind, json_extract(configuration, '$.LocationUri') AS place
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN place IS NULL THEN json_array('INSUFFICIENT_DATA', 'LocationUri was not recorded')
                    WHEN coalesce(kind, 'AWS.Freeform') <> 'AWS.Freeform' THEN json_array('NOT_APPLICABLE', 'not a freeform profile')
                    WHEN place <> 'hosted' AND place NOT LIKE 'secretsmanager%' THEN json_array('NON_COMPLIANT', 'it is kept at ' || place)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
