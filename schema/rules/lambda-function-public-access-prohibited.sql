-- rules: LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED
-- text: the policies of functions allow nobody unknown to invoke them
WITH policy(item_id, configuration, text, doc) AS (
  SELECT item_id, configuration, text, CASE WHEN json_valid(text) THEN text END FROM (SELECT item_id, configuration, supplementary ->> '$.Policy' AS text FROM item)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object' AND e.value ->> '$.Effect' = 'Allow'),
-- Held to somebody known by a condition on who asks.
held(s) AS MATERIALIZED (
  SELECT DISTINCT s FROM statement, json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
   WHERE lower(o.key) IN ('stringequals', 'stringequalsignorecase', 'stringlike', 'arnlike', 'arnequals', 'ipaddress')
     AND lower(k.key) IN ('aws:sourceaccount', 'aws:sourcearn', 'aws:principalorgid', 'aws:principalaccount', 'aws:principalarn', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceip', 'aws:sourceowner', 'lambda:eventsourcetoken')
     AND NOT EXISTS (SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v WHERE v.value IN ('*', '0.0.0.0/0', '::/0'))),
open(item_id, why) AS MATERIALIZED (
  SELECT item_id, 'all' FROM statement
   WHERE s NOT IN (SELECT s FROM held)
     AND EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = '*' AND (fullkey = '$.Principal' OR fullkey LIKE '$.Principal.AWS%'))
   UNION ALL
  SELECT item_id, 's3' FROM statement
   WHERE EXISTS (SELECT 1 FROM json_tree(s, '$.Principal') WHERE atom = 's3.amazonaws.com')
     AND NOT EXISTS (SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k WHERE lower(k.key) IN ('aws:sourceaccount', 'aws:principalorgid', 'aws:sourceorgid')))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.functionName' IS NULL THEN 'the item has no functionName: it was not read' WHEN text <> '' AND doc IS NULL THEN 'the policy of the function is no JSON' END AS missing,
               CASE w.why WHEN 's3' THEN 'the policy lets buckets of any account invoke the function' WHEN 'all' THEN 'the policy lets everybody invoke the function' END AS why
          FROM policy LEFT JOIN (SELECT item_id, min(why) AS why FROM open GROUP BY item_id) w USING (item_id))
