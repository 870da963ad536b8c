-- rules: NEPTUNE_CLUSTER_ENCRYPTED
-- text: Neptune clusters are encrypted, with one of KmsKeyArns
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.storageEncrypted') AS on_,
         json_extract(configuration, '$.kmsKeyId') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'storageEncrypted was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the cluster is not encrypted')
                    WHEN trim(:parameters ->> '$.KmsKeyArns') <> '' AND coalesce(key_, '') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.KmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || coalesce(key_, 'not known') || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
