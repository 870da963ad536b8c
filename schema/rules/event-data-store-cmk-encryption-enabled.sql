-- rules: EVENT_DATA_STORE_CMK_ENCRYPTION_ENABLED
-- reads: AWS::KMS::Key
-- text: event data stores are encrypted with a key of KMS of the account, one of kmsKeyArns
WITH managed_key AS MATERIALIZED (
  SELECT json_extract(configuration, '$.arn') AS arn, json_extract(configuration, '$.keyId') AS id
    FROM estate
   WHERE resource_type = 'AWS::KMS::Key' AND json_extract(configuration, '$.keyManager') = 'AWS'),
seen AS (
  SELECT item_id, json_extract(configuration, '$.RetentionPeriod') AS whole,
         coalesce(json_extract(configuration, '$.KmsKeyId'), '') AS key_,
         EXISTS (SELECT 1 FROM managed_key k WHERE json_extract(configuration, '$.KmsKeyId') IN (k.arn, k.id)) AS theirs
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND key_ = '' THEN json_array('INSUFFICIENT_DATA', 'KmsKeyId was not recorded')
                    WHEN key_ = '' OR theirs THEN json_array('NON_COMPLIANT', 'the event data store has no key of the account')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
