-- rules: OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK
-- text: nodes of OpenSearch talk encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.NodeToNodeEncryptionOptions.Enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'NodeToNodeEncryptionOptions.Enabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'what nodes say to each other is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
