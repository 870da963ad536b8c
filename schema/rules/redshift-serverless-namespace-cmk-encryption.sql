-- rules: REDSHIFT_SERVERLESS_NAMESPACE_CMK_ENCRYPTION
-- types: Siltstone::RedshiftServerless::Namespace
-- reads: AWS::KMS::Key
-- text: namespaces are encrypted with a key of the account, one of kmsKeyArns
WITH managed_key AS MATERIALIZED (
  SELECT json_extract(configuration, '$.arn') AS arn, json_extract(configuration, '$.keyId') AS id
    FROM estate
   WHERE resource_type = 'AWS::KMS::Key' AND json_extract(configuration, '$.keyManager') = 'AWS'),
seen AS (
  SELECT item_id, coalesce(json_extract(configuration, '$.kmsKeyId'), '') AS key_,
         EXISTS (SELECT 1 FROM managed_key k WHERE json_extract(configuration, '$.kmsKeyId') IN (k.arn, k.id)) AS theirs,
         json_extract(configuration, '$.namespaceName') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'namespaceName was not recorded')
                    WHEN key_ IN ('', 'AWS_OWNED_KMS_KEY') OR theirs
                    THEN json_array('NON_COMPLIANT', 'the namespace has no key of the account')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
