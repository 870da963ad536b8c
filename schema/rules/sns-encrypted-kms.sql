-- rules: SNS_ENCRYPTED_KMS
-- text: topics are encrypted with a key of KMS, one of kmsKeyIds
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.TopicArn') AS whole, coalesce(json_extract(configuration, '$.KmsMasterKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'KmsMasterKeyId was not recorded')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'the topic is not encrypted')
                    WHEN trim(:parameters ->> '$.kmsKeyIds') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyIds'), ',', '","') || ']'))
                        AND substr(key_, instr(key_, '/') + 1) NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
