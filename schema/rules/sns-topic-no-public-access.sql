-- rules: SNS_TOPIC_NO_PUBLIC_ACCESS
-- text: not everybody may use a topic
WITH policy AS (
  SELECT item_id, configuration, CASE WHEN json_valid(text) THEN text END AS doc
    FROM (SELECT item_id, configuration, CAST(nullif(json_extract(configuration, '$.Policy'), '') AS TEXT) AS text FROM item)),
statement AS MATERIALIZED (
  SELECT p.item_id, s.value AS s
    FROM policy p, json_each(CASE json_type(p.doc, '$.Statement') WHEN 'array' THEN p.doc -> '$.Statement'
                             WHEN 'object' THEN json_array(p.doc -> '$.Statement') ELSE '[]' END) s
   WHERE s.type = 'object'),
open AS MATERIALIZED (
  SELECT item_id, group_concat(coalesce(s ->> '$.Sid', 'without a Sid'), ', ') AS sids
    FROM statement
   WHERE s ->> '$.Effect' = 'Allow'
     AND (s ->> '$.Principal' = '*' OR EXISTS (SELECT 1 FROM json_each(s, '$.Principal.AWS') a WHERE a.value = '*'))
     AND NOT EXISTS (
       SELECT 1 FROM json_each(s, '$.Condition') o, json_each(CASE o.type WHEN 'object' THEN o.value END) k
        WHERE replace(replace(lower(o.key), 'foranyvalue:', ''), 'forallvalues:', '')
              IN ('stringequals', 'stringlike', 'stringequalsignorecase', 'arnequals', 'arnlike', 'ipaddress')
          AND lower(k.key) IN ('aws:sourceowner', 'aws:sourceaccount', 'aws:sourcearn', 'aws:sourceorgid', 'aws:principalorgid', 'aws:principalorgpaths',
                               'aws:principalaccount', 'aws:principalarn', 'aws:sourcevpc', 'aws:sourcevpce', 'aws:sourceip', 'aws:userid', 'sns:endpoint')
          AND NOT EXISTS (SELECT 1 FROM json_each(CASE k.type WHEN 'array' THEN k.value ELSE json_array(k.value) END) v
              WHERE v.value IN ('*', '0.0.0.0/0', '::/0', 'arn:aws:*', 'arn:*')))
   GROUP BY item_id),
seen AS (
  SELECT item_id, json_extract(p.configuration, '$.TopicArn') AS whole, json_extract(p.configuration, '$.Policy') AS text_, p.doc AS kept,
         o.sids AS sids
    FROM policy p LEFT JOIN open o USING (item_id))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN sids <> '' THEN json_array('NON_COMPLIANT', 'everybody may use the topic by the statement ' || sids)
                    WHEN kept IS NOT NULL THEN '["COMPLIANT"]'
                    WHEN 1 THEN json_array('INSUFFICIENT_DATA', 'the policy was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
