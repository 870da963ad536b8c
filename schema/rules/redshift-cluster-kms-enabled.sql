-- rules: REDSHIFT_CLUSTER_KMS_ENABLED
-- text: clusters are encrypted, with one of kmsKeyArns
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.encrypted') AS on_, coalesce(json_extract(configuration, '$.kmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'encrypted was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the cluster is not encrypted')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'the cluster is not encrypted with a key of KMS')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
