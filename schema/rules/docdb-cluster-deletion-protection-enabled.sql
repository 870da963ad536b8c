-- rules: DOCDB_CLUSTER_DELETION_PROTECTION_ENABLED
-- text: DocumentDB clusters are protected from deletion
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.deletionProtection') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'docdb' THEN json_array('NOT_APPLICABLE', 'not of DocumentDB')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'deletionProtection was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'deletion protection is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
