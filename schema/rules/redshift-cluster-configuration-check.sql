-- rules: REDSHIFT_CLUSTER_CONFIGURATION_CHECK
-- text: clusters are encrypted and logged as asked, with nodes of nodeTypes
-- The default of nodeTypes, dc1.large alone, is an example that is offered no more; it asks for nothing.
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.encrypted') AS on_, json_extract(supplementary, '$.LoggingStatus.loggingEnabled') AS log,
         json_extract(configuration, '$.nodeType') AS node
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'encrypted was not recorded')
                    WHEN on_ IS NOT (lower(:parameters ->> '$.clusterDbEncrypted') = 'true')
                    THEN json_array('NON_COMPLIANT', 'the cluster is ' || CASE on_ WHEN 1 THEN 'encrypted' ELSE 'not encrypted' END)
                    WHEN log IS NULL THEN json_array('INSUFFICIENT_DATA', 'LoggingStatus was not recorded')
                    WHEN log IS NOT (lower(:parameters ->> '$.loggingEnabled') = 'true')
                    THEN json_array('NON_COMPLIANT', 'audit logs are ' || CASE log WHEN 1 THEN 'on' ELSE 'off' END)
                    WHEN trim(:parameters ->> '$.nodeTypes') <> '' AND lower(trim(:parameters ->> '$.nodeTypes')) <> 'dc1.large'
                        AND node NOT IN (SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.nodeTypes'), ',', '","')
                        || ']'))
                    THEN json_array('NON_COMPLIANT', 'the nodes are ' || node)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
