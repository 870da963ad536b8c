-- name: proposal_kept
-- Whether a type is recorded with CloudFormation's own names.
SELECT 1 AS yes FROM _type t WHERE t.type = :type AND (t.engine = 'cloudcontrol' OR json_extract(t.doc, '$.style.names') IN ('keep', 'upper'));

-- name: proposal_next
-- Resources that are to be judged before they are made.
SELECT x.account AS account, x.region AS region, x.evaluation_id AS evaluation_id, x.type AS type, x.id AS id, x.configuration AS configuration
  FROM _resource_evaluation x WHERE x.status = 'IN_PROGRESS' AND x.deadline_ms > :now ORDER BY x.deadline_ms LIMIT 1;

-- name: proposal_result
-- What one rule says of what is proposed; that it cannot tell is nothing AWS could say.
SELECT a.result AS result, a.annotation AS annotation FROM temp.judge_answer a WHERE a.item_id = -1 AND a.result <> 'INSUFFICIENT_DATA';

-- name: proposal_done
-- plan: scan
-- By rule. As a whole it is what the worst of them says.
UPDATE _resource_evaluation
   SET status = CASE WHEN :reason IS NULL THEN 'SUCCEEDED' ELSE 'FAILED' END, reason = :reason,
       results = (SELECT json_group_array(json(r.value)) FROM (SELECT e.value FROM json_each(:results) e ORDER BY json_extract(e.value, '$.rule')) r),
       compliance = CASE WHEN :reason IS NOT NULL THEN NULL
                         WHEN EXISTS (SELECT 1 FROM json_each(:results) e WHERE json_extract(e.value, '$.result') = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
                         WHEN EXISTS (SELECT 1 FROM json_each(:results) e WHERE json_extract(e.value, '$.result') = 'COMPLIANT') THEN 'COMPLIANT'
                         ELSE 'INSUFFICIENT_DATA' END
 WHERE account = :account AND region = :region AND evaluation_id = :evaluation AND status = 'IN_PROGRESS';
