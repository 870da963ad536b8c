-- rules: S3_BUCKET_POLICY_GRANTEE_CHECK
-- text: what policies of buckets allow is held to the principals, services, federated users, addresses or VPCs that are named
WITH aws(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.awsPrincipals'), ',', '","') || ']') WHERE trim(value) <> ''),
service(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.servicePrincipals'), ',', '","') || ']') WHERE trim(value) <> ''),
federated(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.federatedUsers'), ',', '","') || ']') WHERE trim(value) <> ''),
address(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.ipAddresses'), ',', '","') || ']') WHERE trim(value) <> ''),
vpc(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.vpcIds'), ',', '","') || ']') WHERE trim(value) <> ''),
policy(item_id, doc) AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END
    FROM (SELECT item_id, supplementary ->> '$.BucketPolicy.policyText' AS text FROM item)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object'),
allowed(item_id, s) AS MATERIALIZED (SELECT item_id, s FROM statement WHERE s ->> '$.Effect' = 'Allow'),
-- Held to addresses or VPCs, all of which are named.
held(s) AS MATERIALIZED (
  SELECT DISTINCT s FROM allowed, json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
   WHERE (lower(o.key) = 'ipaddress' AND lower(k.key) = 'aws:sourceip' AND NOT EXISTS (
            SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v WHERE v.value NOT IN (SELECT v FROM address) AND replace(v.value, '/32', '') NOT IN (SELECT replace(v, '/32', '') FROM address)))
      OR (lower(o.key) IN ('stringequals', 'stringlike') AND lower(k.key) = 'aws:sourcevpc' AND NOT EXISTS (
            SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v WHERE v.value NOT IN (SELECT v FROM vpc)))),
loose(item_id, stranger) AS MATERIALIZED (
  SELECT item_id, NULL FROM allowed WHERE s -> '$.NotPrincipal' IS NOT NULL AND s NOT IN (SELECT s FROM held)
   UNION ALL
  SELECT item_id, p.atom FROM allowed, json_tree(s, '$.Principal') p
   WHERE p.atom IS NOT NULL AND s NOT IN (SELECT s FROM held)
     AND NOT CASE WHEN p.fullkey LIKE '$.Principal.Service%' THEN p.atom IN (SELECT v FROM service)
                  WHEN p.fullkey LIKE '$.Principal.Federated%' THEN p.atom IN (SELECT v FROM federated)
                  ELSE EXISTS (SELECT 1 FROM aws WHERE p.atom GLOB v OR p.atom LIKE 'arn:%:iam::' || v || ':root' OR v LIKE 'arn:%:iam::' || p.atom || ':root') END)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketPolicy' IS NULL THEN 'the item has no BucketPolicy' END AS missing,
               (SELECT 'the policy allows ' || coalesce(stranger, 'all but some') || ' what is not held to those named' FROM loose l WHERE l.item_id = item.item_id LIMIT 1) AS why
          FROM item)
