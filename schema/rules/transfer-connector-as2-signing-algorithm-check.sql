-- rules: TRANSFER_CONNECTOR_AS2_SIGNING_ALGORITHM_CHECK
-- text: connectors of AS2 sign by one of approvedSigningAlgorithms
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AccessRole') AS whole, json_type(configuration, '$.As2Config') AS kept,
         upper(json_extract(configuration, '$.As2Config.SigningAlgorithm')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'As2Config was not recorded')
                    WHEN kept IS NOT 'object' THEN json_array('NOT_APPLICABLE', 'not a connector of AS2')
                    WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'As2Config.SigningAlgorithm was not recorded')
                    WHEN CASE WHEN trim(:parameters ->> '$.approvedSigningAlgorithms') <> '' THEN value NOT IN (SELECT upper(value)
                        FROM (SELECT trim(value) AS value FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedSigningAlgorithms'), ',', '","') || ']'))) ELSE value = 'NONE' END
                    THEN json_array('NON_COMPLIANT', 'the signing algorithm is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
