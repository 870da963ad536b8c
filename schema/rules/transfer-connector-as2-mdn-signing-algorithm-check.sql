-- rules: TRANSFER_CONNECTOR_AS2_MDN_SIGNING_ALGORITHM_CHECK
-- text: answers of AS2 are signed by one of approvedMdnSigningAlgorithms
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AccessRole') AS whole, json_type(configuration, '$.As2Config') AS kept,
         upper(json_extract(configuration, '$.As2Config.MdnSigningAlgorithm')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'As2Config was not recorded')
                    WHEN kept IS NOT 'object' THEN json_array('NOT_APPLICABLE', 'not a connector of AS2')
                    WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'As2Config.MdnSigningAlgorithm was not recorded')
                    WHEN value NOT IN (SELECT upper(value) FROM (SELECT trim(value) AS value FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedMdnSigningAlgorithms'), ',', '","') || ']')))
                    THEN json_array('NON_COMPLIANT', 'the signing algorithm of answers is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
