-- name: remediation_any
-- plan: scan
-- Whether there may be something to do; asked every second.
SELECT EXISTS (SELECT 1 FROM _remediation_execution x WHERE x.state IN ('QUEUED', 'IN_PROGRESS') AND x.due_ms <= :now) AS due,
       EXISTS (SELECT 1 FROM _remediation m WHERE m.automatic = 1) AS automatic;

-- name: remediation_plan
-- plan: scan
-- What a rule with an automatic remediation finds not compliant, nobody has made an exception of, and is not being mended. It was tried
-- less often than may be since it broke, the last try is long enough ago, and where that one succeeded the rule has judged since.
INSERT INTO _remediation_execution(account, region, rule, rid, invoked_ms, updated_ms, automatic)
SELECT t.account, t.region, t.rule, t.rid, :now, :now, 1
  FROM (SELECT v.account, v.region, v.rule, v.rid, v.recorded_ms, coalesce(m.attempts, 5) AS attempts, coalesce(m.retry_s, 60) AS retry_s,
               (SELECT count(*) FROM _remediation_execution x
                 WHERE x.account = v.account AND x.region = v.region AND x.rule = v.rule AND x.rid = v.rid AND x.invoked_ms >= v.since_ms) AS tried,
               (SELECT max(x.execution_id) FROM _remediation_execution x
                 WHERE x.account = v.account AND x.region = v.region AND x.rule = v.rule AND x.rid = v.rid AND x.invoked_ms >= v.since_ms) AS last
          FROM _remediation m
          CROSS JOIN _verdict v ON v.account = m.account AND v.region = m.region AND v.rule = m.rule AND v.result = 'NON_COMPLIANT' AND v.until_ms = 253402300799000
          CROSS JOIN _resource r ON r.rid = v.rid
         WHERE m.automatic = 1 AND (m.resource_type IS NULL OR r.type = m.resource_type)
           AND NOT EXISTS (SELECT 1 FROM _remediation_exception k
                            WHERE k.account = v.account AND k.region = v.region AND k.rule = v.rule AND k.type = r.type AND k.id = r.id AND k.expires_ms > :now)) t
  LEFT JOIN _remediation_execution l ON l.execution_id = t.last
 WHERE t.tried < t.attempts
   AND (l.execution_id IS NULL
        OR l.state NOT IN ('QUEUED', 'IN_PROGRESS') AND l.updated_ms <= :now - 1000 * t.retry_s AND (l.state <> 'SUCCEEDED' OR t.recorded_ms > l.updated_ms))
 LIMIT 100;

-- name: remediation_give_up
-- plan: scan
-- What was tried as often as may be, and is still not compliant, is left alone from now on.
INSERT INTO _remediation_exception(account, region, rule, type, id, message)
SELECT t.account, t.region, t.rule, t.type, t.id, 'It is still not compliant after ' || t.tried || ' automatic remediations.'
  FROM (SELECT v.account, v.region, v.rule, r.type, r.id, v.recorded_ms, coalesce(m.attempts, 5) AS attempts, coalesce(m.retry_s, 60) AS retry_s,
               (SELECT count(*) FROM _remediation_execution x
                 WHERE x.account = v.account AND x.region = v.region AND x.rule = v.rule AND x.rid = v.rid AND x.invoked_ms >= v.since_ms) AS tried,
               (SELECT max(x.execution_id) FROM _remediation_execution x
                 WHERE x.account = v.account AND x.region = v.region AND x.rule = v.rule AND x.rid = v.rid AND x.invoked_ms >= v.since_ms) AS last
          FROM _remediation m
          CROSS JOIN _verdict v ON v.account = m.account AND v.region = m.region AND v.rule = m.rule AND v.result = 'NON_COMPLIANT' AND v.until_ms = 253402300799000
          CROSS JOIN _resource r ON r.rid = v.rid
         WHERE m.automatic = 1 AND (m.resource_type IS NULL OR r.type = m.resource_type)) t
  JOIN _remediation_execution l ON l.execution_id = t.last
 WHERE t.tried >= t.attempts AND l.state NOT IN ('QUEUED', 'IN_PROGRESS') AND l.updated_ms <= :now - 1000 * t.retry_s
   AND (l.state <> 'SUCCEEDED' OR t.recorded_ms > l.updated_ms)
ON CONFLICT (account, region, rule, type, id) DO UPDATE SET message = excluded.message, expires_ms = excluded.expires_ms
 WHERE _remediation_exception.expires_ms <= :now;

-- name: remediation_claim
-- plan: scan
-- The next that waits, or is to be asked about. A rule has no more under way than its share of what it finds, but one.
UPDATE _remediation_execution SET due_ms = :lease
 WHERE execution_id = (
   SELECT x.execution_id FROM _remediation_execution x JOIN _remediation m ON m.account = x.account AND m.region = x.region AND m.rule = x.rule
    WHERE x.state IN ('QUEUED', 'IN_PROGRESS') AND x.due_ms <= :now
      AND (x.state = 'IN_PROGRESS'
           OR (SELECT count(*) FROM _remediation_execution u WHERE u.account = x.account AND u.region = x.region AND u.rule = x.rule AND u.state = 'IN_PROGRESS')
              < max(1, coalesce(json_extract(m.controls, '$.SsmControls.ConcurrentExecutionRatePercentage'), 10)
                       * (SELECT count(*) FROM _verdict v WHERE v.account = x.account AND v.region = x.region AND v.rule = x.rule AND v.result = 'NON_COMPLIANT'
                                                            AND v.until_ms = 253402300799000) / 100))
    ORDER BY x.due_ms, x.execution_id LIMIT 1)
RETURNING execution_id AS execution_id, state AS state, remote AS remote;

-- name: remediation_order
-- What is to be done, of one: the parameters as Systems Manager takes them.
SELECT x.execution_id AS execution_id, x.invoked_ms AS invoked_ms, x.account AS account, x.region AS region, x.rule AS rule, r.type AS type, r.id AS id,
       m.target_id AS target, m.target_version AS version,
       (SELECT v.annotation FROM _verdict v WHERE v.account = x.account AND v.region = x.region AND v.rule = x.rule AND v.rid = x.rid AND v.until_ms = 253402300799000) AS annotation,
       (SELECT json_group_object(p.key, CASE WHEN json_type(p.value, '$.ResourceValue') IS NOT NULL THEN json_array(r.id)
                                             ELSE json(coalesce(json_extract(p.value, '$.StaticValue.Values'), '[]')) END)
          FROM json_each(coalesce(m.parameters, '{}')) p) AS parameters
  FROM _remediation_execution x
  JOIN _remediation m ON m.account = x.account AND m.region = x.region AND m.rule = x.rule
  JOIN _resource r ON r.rid = x.rid
 WHERE x.execution_id = :execution;

-- name: remediation_settle
UPDATE _remediation_execution SET state = :state, steps = coalesce(:steps, steps), remote = coalesce(:remote, remote), updated_ms = :now, due_ms = :due
 WHERE execution_id = :execution;

-- name: remediation_later
UPDATE _remediation_execution SET due_ms = :due WHERE execution_id = :execution;
