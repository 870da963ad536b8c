-- rules: CLOUDWATCH_LOG_GROUP_ENCRYPTED
-- text: log groups are encrypted with a key of KMS, that in KmsKeyId
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, nullif(json_extract(configuration, '$.kmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN key_ IS NULL THEN json_array('NON_COMPLIANT', 'the log group is not encrypted with a key of KMS')
                    WHEN trim(:parameters ->> '$.KmsKeyId') <> '' AND key_ <> trim(:parameters ->> '$.KmsKeyId') AND key_ NOT LIKE '%:key/'
                        || trim(:parameters ->> '$.KmsKeyId')
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
