-- rules: EFS_ENCRYPTED_CHECK
-- text: file systems are encrypted, with the key in KmsKeyId
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Encrypted') AS on_, json_extract(configuration, '$.KmsKeyId') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'Encrypted was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the file system is not encrypted')
                    WHEN trim(:parameters ->> '$.KmsKeyId') <> '' AND coalesce(key_, '') <> trim(:parameters ->> '$.KmsKeyId')
                        AND coalesce(key_, '') NOT LIKE '%:key/' || trim(:parameters ->> '$.KmsKeyId')
                    THEN json_array('NON_COMPLIANT', 'the key is ' || coalesce(key_, 'not known'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
