-- rules: EKS_CLUSTER_OLDEST_SUPPORTED_VERSION
-- text: clusters do not run the oldest version that is supported
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Version') AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'Version was not recorded')
                    WHEN (CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1) = (CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1)
                    THEN json_array('NON_COMPLIANT', 'the version is ' || version_ || ', the oldest supported one')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
