-- rules: SECRETSMANAGER_USING_CMK
-- reads: AWS::KMS::Key
-- text: Secrets are encrypted with a key of the account, one of kmsKeyArns
WITH managed_key AS MATERIALIZED (
  SELECT json_extract(configuration, '$.arn') AS arn, json_extract(configuration, '$.keyId') AS id
    FROM estate
   WHERE resource_type = 'AWS::KMS::Key' AND json_extract(configuration, '$.keyManager') = 'AWS'),
seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         coalesce(json_extract(configuration, '$.KmsKeyId'), json_extract(configuration, '$.KMSKeyId'), '') AS key_,
         EXISTS (SELECT 1 FROM managed_key k WHERE json_extract(configuration, '$.KmsKeyId') IN (k.arn, k.id)) AS theirs
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN key_ = '' OR key_ LIKE '%alias/aws/%' OR theirs
                    THEN json_array('NON_COMPLIANT', 'the secret is encrypted with aws/secretsmanager')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
