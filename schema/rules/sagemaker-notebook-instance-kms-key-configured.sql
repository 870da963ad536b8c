-- rules: SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED
-- text: notebooks have a key of KMS, one of kmsKeyArns
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.InstanceType') AS whole, coalesce(json_extract(configuration, '$.KmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN key_ = '' AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'KmsKeyId was not recorded')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'there is no key of KMS')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
