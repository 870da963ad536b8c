-- rules: RABBIT_MQ_SUPPORTED_VERSION
-- text: brokers of RabbitMQ run supportedEngineVersion or a newer one
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.EngineType')) AS engine,
         coalesce(json_extract(configuration, '$.EngineVersionCurrent'), json_extract(configuration, '$.EngineVersion')) AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineType was not recorded')
                    WHEN engine <> 'RABBITMQ' THEN json_array('NOT_APPLICABLE', 'not a broker of RabbitMQ')
                    WHEN version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineVersionCurrent was not recorded')
                    WHEN (CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1) < (CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.supportedEngineVersion') AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.supportedEngineVersion') AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.supportedEngineVersion') AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1)
                    THEN json_array('NON_COMPLIANT', 'the version is ' || version_ || ', older than ' || (:parameters ->> '$.supportedEngineVersion'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
