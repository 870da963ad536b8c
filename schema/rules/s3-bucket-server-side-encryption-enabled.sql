-- rules: S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED
-- text: objects are encrypted: by default, or because the policy refuses those that are not
WITH policy(item_id, doc) AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END
    FROM (SELECT item_id, supplementary ->> '$.BucketPolicy.policyText' AS text FROM item)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object'),
refusing(item_id) AS (
  SELECT item_id FROM statement
   WHERE s ->> '$.Effect' = 'Deny'
     AND EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = '*')
     AND EXISTS (SELECT 1 FROM json_each(s, '$.Action') WHERE 's3:putobject' GLOB lower(value))
     AND EXISTS (SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
                  WHERE lower(k.key) = 's3:x-amz-server-side-encryption' AND lower(o.key) IN ('stringnotequals', 'stringnotequalsignorecase', 'null')))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketPolicy' IS NULL AND supplementary -> '$.ServerSideEncryptionConfiguration' IS NULL THEN 'the item has neither ServerSideEncryptionConfiguration nor BucketPolicy' END AS missing,
               CASE WHEN coalesce(supplementary ->> '$.ServerSideEncryptionConfiguration.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm', '') = '' AND item_id NOT IN refusing
                    THEN 'the bucket has no default encryption, and its policy does not refuse objects that are not encrypted' END AS why
          FROM item)
