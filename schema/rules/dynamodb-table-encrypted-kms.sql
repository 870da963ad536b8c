-- rules: DYNAMODB_TABLE_ENCRYPTED_KMS
-- text: tables are encrypted with a key of KMS, one of kmsKeyArns
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         upper(coalesce(json_extract(configuration, '$.ssedescription.status'), 'DISABLED')) AS status_,
         json_extract(configuration, '$.ssedescription.ssetype') AS kind,
         json_extract(configuration, '$.ssedescription.kmsmasterKeyArn') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN status_ NOT IN ('ENABLED', 'UPDATING') OR kind IS NOT 'KMS'
                    THEN json_array('NON_COMPLIANT', 'the table is encrypted with a key that DynamoDB owns')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND coalesce(key_, '') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || coalesce(key_, 'not known') || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
