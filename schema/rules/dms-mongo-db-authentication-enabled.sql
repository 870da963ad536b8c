-- rules: DMS_MONGO_DB_AUTHENTICATION_ENABLED
-- text: endpoints of MongoDB ask for a password
WITH seen AS (
  SELECT item_id, lower(json_extract(configuration, '$.EngineName')) AS engine,
         lower(json_extract(configuration, '$.EndpointType')) AS kind, json_extract(configuration, '$.MongoDbSettings.AuthType') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineName was not recorded')
                    WHEN engine <> 'mongodb' THEN json_array('NOT_APPLICABLE', 'not an endpoint of MongoDB')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'MongoDbSettings.AuthType was not recorded')
                    WHEN lower(setting) <> 'password' THEN json_array('NON_COMPLIANT', 'no password is asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
