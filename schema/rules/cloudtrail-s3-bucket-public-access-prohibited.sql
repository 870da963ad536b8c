-- rules: CLOUDTRAIL_S3_BUCKET_PUBLIC_ACCESS_PROHIBITED
-- reads: AWS::S3::AccountPublicAccessBlock
-- text: nobody but those known has access to the buckets of trails
WITH bucket(item_id, name, supplementary) AS MATERIALIZED (
  SELECT i.item_id, i.configuration ->> '$.s3BucketName',
         (SELECT b.supplementary FROM (SELECT * FROM resources NATURAL JOIN configs) b WHERE b.resource_type = 'AWS::S3::Bucket' AND b.resource_id = i.configuration ->> '$.s3BucketName' LIMIT 1)
    FROM item i),
account(policies, acls) AS (
  SELECT configuration ->> '$.restrictPublicBuckets', configuration ->> '$.ignorePublicAcls' FROM estate WHERE resource_type = 'AWS::S3::AccountPublicAccessBlock'),
policy(item_id, doc) AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END
    FROM (SELECT item_id, supplementary ->> '$.BucketPolicy.policyText' AS text FROM bucket)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object'),
-- Allowed to everybody, and no condition holds it to somebody known. Which conditions do, and that their values must be fixed,
-- is what S3 itself calls public.
public(item_id, s) AS MATERIALIZED (
  SELECT item_id, s FROM statement
   WHERE s ->> '$.Effect' = 'Allow'
     AND (s -> '$.NotPrincipal' IS NOT NULL
          OR EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = '*' AND (fullkey = '$.Principal' OR fullkey LIKE '$.Principal.AWS%')))
     AND NOT EXISTS (
       SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
        WHERE replace(lower(o.key), 'foranyvalue:', '') IN ('stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike', 'ipaddress')
          AND lower(k.key) IN ('aws:sourceip', 'aws:sourcearn', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceowner', 'aws:sourceaccount', 'aws:userid',
                               'aws:principalarn', 'aws:principalaccount', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:sourceorgid', 'aws:sourceorgpaths',
                               's3:x-amz-server-side-encryption-aws-kms-key-id', 's3:dataaccesspointarn', 's3:dataaccesspointaccount')
          AND NOT EXISTS (
            SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v
             WHERE CASE WHEN lower(k.key) = 'aws:sourceip'
                        THEN instr(v.value, '/') > 0 AND CAST(substr(v.value, instr(v.value, '/') + 1) AS INTEGER) < CASE WHEN instr(v.value, ':') THEN 32 ELSE 8 END
                        WHEN lower(k.key) IN ('s3:dataaccesspointarn', 'aws:principalorgpaths', 'aws:sourceorgpaths') THEN v.value IN ('*', 'arn:aws:s3:*')
                        ELSE v.value GLOB '*[*?]*' END)))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN name IS NULL THEN 'the item has no s3BucketName' WHEN acl IS NULL OR supplementary -> '$.BucketPolicy' IS NULL THEN 'the bucket ' || name || ' is not recorded' END AS missing,
               CASE WHEN coalesce(supplementary ->> '$.PublicAccessBlockConfiguration.restrictPublicBuckets', 0) IS NOT 1 AND NOT EXISTS (SELECT 1 FROM account WHERE policies = 1) AND item_id IN (SELECT item_id FROM public)
                    THEN 'the policy of the bucket ' || name || ' is for everybody'
                    WHEN coalesce(supplementary ->> '$.PublicAccessBlockConfiguration.ignorePublicAcls', 0) IS NOT 1 AND NOT EXISTS (SELECT 1 FROM account WHERE acls = 1)
                         AND EXISTS (SELECT 1 FROM json_each(acl, '$.grantList') g WHERE CASE g.type WHEN 'object' THEN g.value ->> '$.grantee' IN ('AllUsers', 'AuthenticatedUsers') END)
                    THEN 'the access control list of the bucket ' || name || ' is for everybody' END AS why
          FROM (SELECT item_id, name, supplementary, CASE WHEN json_valid(supplementary ->> '$.AccessControlList') THEN supplementary ->> '$.AccessControlList' END AS acl FROM bucket))
