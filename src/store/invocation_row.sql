-- name: invocation_due
-- The oldest that nobody works on, but none of the rules that cannot be started now. A lease further ahead than any
-- was written by a clock that has been put back since.
SELECT i.invocation_id AS invocation_id, i.rule_id AS rule_id, i.created_ms AS created_ms FROM _invocation i
 WHERE i.due_ms <= :now AND (i.lease_ms <= :now OR i.lease_ms > :lease)
   AND i.rule_id NOT IN (SELECT j.value FROM json_each(:busy) j)
 ORDER BY i.due_ms LIMIT :limit;

-- name: invocation_lease
UPDATE _invocation SET lease_ms = :lease WHERE invocation_id = :id;

-- name: invocation_free
UPDATE _invocation SET lease_ms = 0 WHERE invocation_id = :id AND rule_id = :rule_id AND created_ms = :created;

-- name: invocation_free_leases
-- plan: scan
-- alone
UPDATE _invocation SET lease_ms = 0 WHERE lease_ms <> 0;

-- name: invocation_done
DELETE FROM _invocation WHERE invocation_id = :id AND rule_id = :rule_id AND created_ms = :created;

-- name: invocation_again
UPDATE _invocation SET lease_ms = 0, due_ms = :due, tries = tries + 1 WHERE invocation_id = :id AND rule_id = :rule_id AND created_ms = :created;

-- name: invocation_get
-- What its rule says now. `compared`: the item was written after the rule was made, changed or asked for, so that it is told
-- as the change it is; what is judged because of the rule has no difference. A recorder's role as AWS Config shows it.
SELECT i.kind AS kind, i.item_id AS item_id, i.left_scope AS left_scope, i.body AS body, i.created_ms AS created_ms, i.tries AS tries,
       c.rule_id AS rule_id, c.account AS account, c.region AS region, c.name AS name, c.arn AS arn, c.identifier AS identifier, c.parameters AS parameters,
       c.owner = 'CUSTOM_LAMBDA' AND c.state NOT GLOB 'DELETING*' AS wanted,
       v.recorded_ms > max(c.changed_ms, coalesce(s.asked_ms, 0)) AS compared,
       coalesce((SELECT r.role_arn FROM _recorder r WHERE r.name = 'default'),
                'arn:' || CASE WHEN c.region LIKE 'cn-%' THEN 'aws-cn' WHEN c.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':iam::' || c.account
                || ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig') AS role
  FROM _invocation i JOIN _config_rule c ON c.rule_id = i.rule_id
  LEFT JOIN _rule_status s ON s.rule_id = i.rule_id LEFT JOIN _item v ON v.item_id = i.item_id
 WHERE i.invocation_id = :id;

-- name: invocation_rule_started
UPDATE _rule_status SET invoked_ms = :now, started_ms = coalesce(started_ms, :now), error_code = NULL, error = NULL WHERE rule_id = :rule_id;

-- name: invocation_rule_failed
-- It was started and did not come to its end: what it was to find is not known.
UPDATE _rule_status SET invoked_ms = :now, started_ms = coalesce(started_ms, :now), not_evaluated_ms = :now, error_code = :code, error = :error
 WHERE rule_id = :rule_id;

-- name: invocation_rule_not_started
UPDATE _rule_status SET not_invoked_ms = :now, error_code = :code, error = :error WHERE rule_id = :rule_id;
