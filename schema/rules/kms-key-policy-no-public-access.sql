-- rules: KMS_KEY_POLICY_NO_PUBLIC_ACCESS
-- text: the policies of customers' keys give nobody unknown access
WITH policy(item_id, text, doc) AS (
  SELECT item_id, text, CASE WHEN json_valid(text) THEN text END FROM (SELECT item_id, supplementary ->> '$.Policy' AS text FROM item WHERE configuration ->> '$.keyManager' IS NOT 'AWS')),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object' AND e.value ->> '$.Effect' = 'Allow'),
-- Held to somebody known by a condition with fixed values.
open(item_id) AS MATERIALIZED (
  SELECT item_id FROM statement
   WHERE (s -> '$.NotPrincipal' IS NOT NULL OR EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = '*' AND (fullkey = '$.Principal' OR fullkey LIKE '$.Principal.AWS%')))
     AND NOT EXISTS (
       SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
        WHERE replace(lower(o.key), 'foranyvalue:', '') IN ('stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike', 'ipaddress')
          AND lower(k.key) IN ('kms:calleraccount', 'aws:principalaccount', 'aws:principalarn', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:sourceaccount', 'aws:sourcearn', 'aws:sourceip', 'aws:sourceowner', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:userid')
          AND NOT EXISTS (SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v WHERE v.value IN ('*', '0.0.0.0/0', '::/0'))))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN coalesce(text, '') = '' THEN 'the item has no Policy' WHEN doc IS NULL THEN 'the policy of the key is no JSON' END AS missing,
               CASE WHEN item_id IN (SELECT item_id FROM open) THEN 'the policy gives everybody access to the key' END AS why
          FROM policy)
