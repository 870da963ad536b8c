-- rules: DMS_REDIS_TLS_ENABLED
-- text: endpoints of Redis are reached by TLS
WITH seen AS (
  SELECT item_id, lower(json_extract(configuration, '$.EngineName')) AS engine,
         lower(json_extract(configuration, '$.EndpointType')) AS kind,
         json_extract(configuration, '$.RedisSettings.SslSecurityProtocol') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineName was not recorded')
                    WHEN engine <> 'redis' THEN json_array('NOT_APPLICABLE', 'not an endpoint of Redis')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'RedisSettings.SslSecurityProtocol was not recorded')
                    WHEN lower(setting) = 'plaintext' THEN json_array('NON_COMPLIANT', 'connections are not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
