-- rules: S3_DEFAULT_ENCRYPTION_KMS
-- types: AWS::S3::Bucket
-- text: buckets encrypt new objects with a key of KMS, one of those that are asked for
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL THEN 'the parts of the bucket were not read' END AS missing,
               CASE WHEN algorithm IS NULL THEN 'the bucket has no default encryption'
                    WHEN algorithm NOT IN ('aws:kms', 'aws:kms:dsse') THEN 'the default encryption is ' || algorithm || ', not by a key of KMS'
                    WHEN EXISTS (SELECT 1 FROM wanted) AND coalesce(kms, '') NOT IN (SELECT v FROM wanted)
                    THEN 'the default encryption is by ' || coalesce(kms, 'the key aws/s3') || ', which is none of the wanted keys' END AS why
          FROM (SELECT item_id, supplementary, rule ->> '$.sseAlgorithm' AS algorithm, rule ->> '$.kmsMasterKeyID' AS kms
                  FROM (SELECT item_id, supplementary, supplementary -> '$.ServerSideEncryptionConfiguration.rules[0].applyServerSideEncryptionByDefault' AS rule FROM item)))
