-- rules: GLUE_SPARK_JOB_SUPPORTED_VERSION
-- text: spark jobs run minimumSupportedGlueVersion or a newer one
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Command.Name') AS kind, json_extract(configuration, '$.GlueVersion') AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Command was not recorded')
                    WHEN kind NOT IN ('glueetl', 'gluestreaming') THEN json_array('NOT_APPLICABLE', 'not a Spark job')
                    WHEN version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'GlueVersion was not recorded')
                    WHEN (CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1) < (CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.minimumSupportedGlueVersion') AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.minimumSupportedGlueVersion') AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.minimumSupportedGlueVersion') AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1)
                    THEN json_array('NON_COMPLIANT', 'the version is ' || version_ || ', older than '
                        || (:parameters ->> '$.minimumSupportedGlueVersion'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
