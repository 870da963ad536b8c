-- rules: IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS
-- text: inline policies do not allow blocked actions of KMS on every key
WITH RECURSIVE blocked(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.blockedActionsPatterns'), ',', '","') || ']') WHERE trim(value) <> ''),
-- Roles that only the management account of the organization may take are let be where that is asked for.
inline(item_id, lists) AS MATERIALIZED (
  SELECT item_id, coalesce(configuration -> '$.userPolicyList', configuration -> '$.groupPolicyList', configuration -> '$.rolePolicyList')
    FROM item
   WHERE lower(:parameters ->> '$.excludeRoleByManagementAccount') IS NOT 'true'
      OR resource_type <> 'AWS::IAM::Role'
      OR NOT coalesce(replace(configuration ->> '$.assumeRolePolicyDocument', '%3A', ':') LIKE '%arn:aws:iam::' || (
           SELECT g.configuration ->> '$.masterAccountId' FROM (SELECT * FROM resources NATURAL JOIN configs) g WHERE g.resource_type = 'Siltstone::Organizations::Organization' LIMIT 1) || ':%', 0)),
encoded(item_id, text) AS (
  SELECT item_id, coalesce(CASE e.type WHEN 'object' THEN e.value ->> '$.policyDocument' END, '') FROM inline, json_each(lists) e),
-- Policies are percent-encoded, as IAM gives them.
code(n, encoded, plain) AS (VALUES
  (0, '%7B', '{'), (1, '%7D', '}'), (2, '%22', '"'), (3, '%3A', ':'), (4, '%20', ' '), (5, '%2C', ','), (6, '%5B', '['), (7, '%5D', ']'),
  (8, '%2A', '*'), (9, '%2F', '/'), (10, '%3F', '?'), (11, '%24', '$'), (12, '%28', '('), (13, '%29', ')'), (14, '%21', '!'), (15, '%40', '@'),
  (16, '%23', '#'), (17, '%26', '&'), (18, '%27', ''''), (19, '%2B', '+'), (20, '%3B', ';'), (21, '%3C', '<'), (22, '%3D', '='), (23, '%3E', '>'),
  (24, '%5C', '\'), (25, '%5E', '^'), (26, '%60', '`'), (27, '%7C', '|'), (28, '%0A', char(10)), (29, '%0D', char(13)), (30, '%09', char(9)), (31, '%25', '%')),
decoding(item_id, text, n) AS (
  SELECT item_id, text, 0 FROM encoded
   UNION ALL
  SELECT d.item_id, replace(d.text, c.encoded, c.plain), d.n + 1 FROM decoding d JOIN code c ON c.n = d.n),
policy(item_id, doc) AS MATERIALIZED (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END FROM decoding WHERE n = 32),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.Effect' END = 'Allow'),
-- An action of the list, on every key of the account.
broad(item_id, action) AS MATERIALIZED (
  SELECT DISTINCT item_id, a.value FROM statement, json_each(s, '$.Action') a, blocked
   WHERE a.type = 'text' AND (lower(a.value) GLOB lower(v) OR lower(v) GLOB lower(a.value))
     AND EXISTS (SELECT 1 FROM json_each(s, '$.Resource') r
                  WHERE 'arn:aws:kms:' || :region || ':' || :account || ':key/1' GLOB r.value AND 'arn:aws:kms:' || :region || ':' || :account || ':key/2' GLOB r.value)),
whole(item_id, why) AS MATERIALIZED (
  SELECT item_id, 'allowed on every key: ' || group_concat(action, ', ') FROM (SELECT DISTINCT item_id, action FROM broad ORDER BY 1, 2) GROUP BY item_id)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN lists IS NULL THEN 'the item has no list of inline policies' WHEN i.item_id IN (SELECT item_id FROM policy WHERE doc IS NULL) THEN 'an inline policy is no JSON' END AS missing, w.why
          FROM inline i LEFT JOIN whole w USING (item_id))
