-- rules: S3_BUCKET_SSL_REQUESTS_ONLY
-- text: the policy of each bucket refuses requests without TLS, for the bucket and for its objects
WITH policy(item_id, doc) AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END
    FROM (SELECT item_id, supplementary ->> '$.BucketPolicy.policyText' AS text FROM item)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object'),
refused(item_id, resource) AS MATERIALIZED (
  SELECT item_id, 'arn:aws:s3:::' || CASE WHEN r.value = '*' THEN '*' ELSE substr(r.value, instr(r.value, ':s3:::') + 6) END
    FROM statement, json_each(s, '$.Resource') r
   WHERE s ->> '$.Effect' = 'Deny'
     AND EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = '*' AND (fullkey = '$.Principal' OR fullkey LIKE '$.Principal.AWS%'))
     AND EXISTS (SELECT 1 FROM json_each(s, '$.Action') WHERE lower(value) IN ('*', 's3:*'))
     AND 1 = (SELECT count(*) FROM json_each(s, '$.Condition'))
     AND EXISTS (SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k,
                               json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v
                  WHERE lower(o.key) = 'bool' AND lower(k.key) = 'aws:securetransport' AND v.value IN ('false', 0)))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT i.item_id,
               CASE WHEN supplementary -> '$.BucketPolicy' IS NULL THEN 'the item has no BucketPolicy' END AS missing,
               CASE WHEN coalesce(supplementary ->> '$.BucketPolicy.policyText', '') = '' THEN 'the bucket has no policy that refuses requests without TLS'
                    WHEN NOT EXISTS (SELECT 1 FROM refused r WHERE r.item_id = i.item_id AND 'arn:aws:s3:::' || i.resource_id || '/x' GLOB r.resource)
                    THEN 'the policy does not refuse requests without TLS for the objects of the bucket'
                    WHEN NOT EXISTS (SELECT 1 FROM refused r WHERE r.item_id = i.item_id AND 'arn:aws:s3:::' || i.resource_id GLOB r.resource)
                    THEN 'the policy does not refuse requests without TLS for the bucket itself' END AS why
          FROM item i)
