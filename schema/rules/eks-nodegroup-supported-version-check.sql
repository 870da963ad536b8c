-- rules: EKS_NODEGROUP_SUPPORTED_VERSION_CHECK
-- text: node groups run the version oldestVersionSupported of Kubernetes, or a newer one
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.version') AS version_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN version_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'version was not recorded')
                    WHEN (CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('[' || replace(json_quote(CAST(version_ AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1) < (CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 0, 0) AS INTEGER) * 1000000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 1, 0) AS INTEGER) * 1000 + CAST(coalesce(('['
                        || replace(json_quote(CAST((:parameters ->> '$.oldestVersionSupported') AS TEXT)), '.', '","')
                        || ']') ->> 2, 0) AS INTEGER) * 1)
                    THEN json_array('NON_COMPLIANT', 'the version is ' || version_ || ', older than ' || (:parameters ->> '$.oldestVersionSupported'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
