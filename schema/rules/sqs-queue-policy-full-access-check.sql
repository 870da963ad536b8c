-- rules: SQS_QUEUE_POLICY_FULL_ACCESS_CHECK
-- text: no statement allows all of SQS
WITH policy AS (
  SELECT item_id, configuration, CASE WHEN json_valid(text) THEN text END AS doc
    FROM (SELECT item_id, configuration, CAST(nullif(json_extract(configuration, '$.Policy'), '') AS TEXT) AS text FROM item)),
statement AS MATERIALIZED (
  SELECT p.item_id, s.value AS s
    FROM policy p, json_each(CASE json_type(p.doc, '$.Statement') WHEN 'array' THEN p.doc -> '$.Statement'
                             WHEN 'object' THEN json_array(p.doc -> '$.Statement') ELSE '[]' END) s
   WHERE s.type = 'object'),
full AS MATERIALIZED (
  SELECT item_id, group_concat(coalesce(s ->> '$.Sid', 'without a Sid'), ', ') AS sids
    FROM statement
   WHERE s ->> '$.Effect' = 'Allow' AND EXISTS (SELECT 1 FROM json_each(s, '$.Action') a WHERE lower(a.value) IN ('sqs:*', '*'))
   GROUP BY item_id),
seen AS (
  SELECT item_id, json_extract(p.configuration, '$.QueueArn') AS whole, json_extract(p.configuration, '$.Policy') AS text_, p.doc AS kept,
         f.sids AS sids
    FROM policy p LEFT JOIN full f USING (item_id))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN sids <> '' THEN json_array('NON_COMPLIANT', 'all of SQS is allowed by the statement ' || sids)
                    WHEN kept IS NOT NULL THEN '["COMPLIANT"]'
                    WHEN whole IS NOT NULL AND coalesce(text_, '') = '' THEN '["COMPLIANT"]'
                    WHEN 1 THEN json_array('INSUFFICIENT_DATA', 'the policy was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
