-- rules: IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS
-- text: customers' policies do not allow all that a service can do
WITH RECURSIVE encoded(item_id, text) AS (
  SELECT item_id, (SELECT v.value ->> '$.document' FROM json_each(configuration, '$.policyVersionList') v
                    WHERE CASE v.type WHEN 'object' THEN v.value ->> '$.isDefaultVersion' = 1 OR v.value ->> '$.versionId' = configuration ->> '$.defaultVersionId' END LIMIT 1)
    FROM item
   WHERE lower(:parameters ->> '$.excludePermissionBoundaryPolicy') IS NOT 'true' OR coalesce(configuration ->> '$.permissionsBoundaryUsageCount', 0) = 0),
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
whole(item_id, why) AS MATERIALIZED (
  SELECT item_id, 'a statement allows ' || group_concat(action, ', ')
    FROM (SELECT DISTINCT t.item_id, a.value AS action FROM statement t, json_each(t.s, '$.Action') a WHERE a.type = 'text' AND (a.value = '*' OR a.value GLOB '*:[*]') ORDER BY 1, 2) GROUP BY item_id)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN doc IS NULL THEN 'the default version of the policy was not read, or is no JSON' END AS missing, w.why
          FROM policy LEFT JOIN whole w USING (item_id))
