-- name: evaluation_any
-- plan: scan
-- What there may be to do; asked every second. Without a rule there is nothing.
SELECT e.item_id AS cursor, e.event_id AS event_cursor, e.coverage_id AS look_cursor,
       EXISTS (SELECT 1 FROM _rule_status s WHERE s.wanted_ms IS NOT NULL AND (s.lease_ms <= :now OR s.wanted_ms > coalesce(s.not_evaluated_ms, 0))) AS wanted,
       (coalesce((SELECT max(i.item_id) FROM _item i), 0) <> e.item_id OR coalesce((SELECT max(k.coverage_id) FROM _coverage k), 0) > e.coverage_id)
         AND EXISTS (SELECT 1 FROM _config_rule c) AS change,
       EXISTS (SELECT 1 FROM _rule_due d WHERE d.next_ms <= :now) AS periodic,
       coalesce((SELECT max(v.event_id) FROM _event v), 0) > e.event_id
         AND EXISTS (SELECT 1 FROM _config_rule c WHERE c.owner = 'CUSTOM_LAMBDA' AND c.details LIKE '%"ConfigurationSnapshotDeliveryCompleted"%') AS snapshot,
       EXISTS (SELECT 1 FROM _resource_evaluation x WHERE x.status = 'IN_PROGRESS' AND x.deadline_ms > :now) AS proactive
  FROM _evaluator e;

-- name: evaluation_rules
-- plan: scan
-- Rules that are to run for a cause, and what they are. One that is wanted has yet to be judged as a whole, so that nothing else makes it run.
WITH m AS MATERIALIZED (SELECT g.identifier, g.flags, g.types, g.parameters FROM _managed_rule g),
k AS (
  SELECT c.*, s.wanted_ms, s.asked_ms, s.periodic_ms, s.lease_ms, s.not_evaluated_ms, m.identifier IS NOT NULL AS managed, m.flags, m.types, m.parameters AS defaults,
         CASE WHEN json_valid(c.parameters) THEN CASE json_type(c.parameters) WHEN 'object' THEN c.parameters END END AS given,
         CASE c.owner WHEN 'AWS' THEN instr(coalesce(m.flags, ''), 'c') > 0
              ELSE EXISTS (SELECT 1 FROM json_each(c.details) d WHERE json_extract(d.value, '$.MessageType') LIKE '%ConfigurationItemChangeNotification') END AS on_change,
         CASE c.owner WHEN 'AWS' THEN instr(coalesce(m.flags, ''), 'p') > 0
              ELSE EXISTS (SELECT 1 FROM json_each(c.details) d WHERE json_extract(d.value, '$.MessageType') = 'ScheduledNotification') END AS on_time,
         CASE c.owner WHEN 'AWS' THEN 0
              ELSE EXISTS (SELECT 1 FROM json_each(c.details) d WHERE json_extract(d.value, '$.MessageType') = 'ConfigurationSnapshotDeliveryCompleted') END AS on_snapshot,
         coalesce((SELECT json_extract(d.value, '$.MaximumExecutionFrequency') FROM json_each(c.details) d
                    WHERE json_extract(d.value, '$.MaximumExecutionFrequency') IS NOT NULL LIMIT 1), c.frequency, 'TwentyFour_Hours') AS every
    FROM _config_rule c JOIN _rule_status s ON s.rule_id = c.rule_id
    LEFT JOIN m ON c.owner = 'AWS' AND m.identifier = c.identifier
   WHERE c.state = 'ACTIVE' AND (:rule IS NULL OR c.account = :account AND c.region = :region AND c.name = :rule))
SELECT k.rule_id AS rule_id, k.account AS account, k.region AS region, k.name AS name, k.arn AS arn, k.owner AS owner, k.identifier AS identifier,
       json_extract(k.policy, '$.PolicyRuntime') AS runtime, json_extract(k.policy, '$.PolicyText') AS policy,
       CASE WHEN k.defaults IS NULL THEN coalesce(k.given, '{}') ELSE
         json_patch((SELECT json_group_object(json_extract(p.value, '$[0]'), json_extract(p.value, '$[3]')) FROM json_each(k.defaults) p
                      WHERE json_extract(p.value, '$[3]') IS NOT NULL), coalesce(k.given, '{}')) END AS parameters,
       k.managed AS managed, k.types AS types,
       (SELECT group_concat(t.value) FROM json_each(k.scope, '$.ComplianceResourceTypes') t) AS scope_types,
       json_extract(k.scope, '$.ComplianceResourceId') AS scope_id, json_extract(k.scope, '$.TagKey') AS tag_key, json_extract(k.scope, '$.TagValue') AS tag_value,
       k.on_change AS on_change, k.on_time AS on_time, k.on_snapshot AS on_snapshot,
       CASE k.every WHEN 'One_Hour' THEN 3600000 WHEN 'Three_Hours' THEN 10800000 WHEN 'Six_Hours' THEN 21600000 WHEN 'Twelve_Hours' THEN 43200000
            ELSE 86400000 END AS every_ms,
       instr(coalesce(k.flags, ''), 'n') > 0 AND k.revision = 1 AND k.asked_ms IS NULL AS not_when_new,
       EXISTS (SELECT 1 FROM json_each(k.modes) o WHERE json_extract(o.value, '$.Mode') = 'DETECTIVE') AS detective,
       EXISTS (SELECT 1 FROM json_each(k.modes) o WHERE json_extract(o.value, '$.Mode') = 'PROACTIVE') AS proactive,
       k.revision AS revision, coalesce(k.wanted_ms, 0) AS wanted_ms, coalesce(k.periodic_ms, 0) AS periodic_ms, k.changed_ms AS changed_ms
  FROM k
 WHERE CASE :cause WHEN 'wanted' THEN k.wanted_ms IS NOT NULL AND (k.lease_ms <= :now OR k.wanted_ms > coalesce(k.not_evaluated_ms, 0))
                   WHEN 'change' THEN k.wanted_ms IS NULL AND k.on_change
                   WHEN 'periodic' THEN k.wanted_ms IS NULL AND k.rule_id IN (SELECT d.rule_id FROM _rule_due d WHERE d.next_ms <= :now)
                   WHEN 'snapshot' THEN k.on_snapshot
                   WHEN 'proactive' THEN k.modes LIKE '%"PROACTIVE"%'
                   ELSE 1 END
 ORDER BY k.account, k.region, k.name;

-- name: evaluation_managed
-- plan: scan
SELECT m.types AS types,
       json_patch((SELECT json_group_object(json_extract(p.value, '$[0]'), json_extract(p.value, '$[3]')) FROM json_each(m.parameters) p
                    WHERE json_extract(p.value, '$[3]') IS NOT NULL), coalesce(:parameters, '{}')) AS parameters
  FROM _managed_rule m WHERE m.identifier = :identifier;

-- name: evaluation_started
-- plan: scan
-- Who is told that rules are being evaluated: not when what failed is only tried again.
SELECT c.account AS account, c.region AS region, json_object('configRuleNames', json_group_array(c.name)) AS payload
  FROM (SELECT c.account, c.region, c.name FROM _rule_status s JOIN _config_rule c ON c.rule_id = s.rule_id
         WHERE s.wanted_ms IS NOT NULL AND s.wanted_ms > coalesce(s.not_evaluated_ms, 0) AND s.lease_ms <> 1 AND c.state = 'ACTIVE'
         ORDER BY c.account, c.region, c.name) c
 GROUP BY c.account, c.region;

-- name: evaluation_note_started
-- plan: scan
UPDATE _rule_status SET lease_ms = 1
 WHERE wanted_ms IS NOT NULL AND wanted_ms > coalesce(not_evaluated_ms, 0) AND lease_ms <> 1;

-- name: evaluation_newest
-- How far a round of changes goes. Where the newest items were removed, their numbers come again: back to what is there.
SELECT coalesce(max(n.item_id), (SELECT max(i.item_id) FROM _item i), 0) AS item_id, coalesce((SELECT max(i.item_id) FROM _item i), 0) AS last
  FROM (SELECT i.item_id FROM _item i WHERE i.item_id > :after ORDER BY i.item_id LIMIT :limit) n;

-- name: evaluation_touch
-- alone
-- What was written and is still the newest of its resource.
INSERT OR REPLACE INTO temp.judge_touched
SELECT r.rid, i.item_id, r.account, r.region, r.type
  FROM main._item i CROSS JOIN main._resource r ON r.rid = i.rid
 WHERE i.item_id > :after AND i.item_id <= :upto AND r.last_item = i.item_id;

-- name: evaluation_newest_look
SELECT coalesce(max(c.coverage_id), 0) AS coverage_id FROM _coverage c;

-- name: evaluation_list
-- alone
-- plan: scan
-- What was listed completely and had never been: whoever could not tell without it can now, even where nothing was found.
INSERT OR IGNORE INTO temp.judge_listed
SELECT c.type, c.account, c.region FROM main._coverage c
 WHERE c.coverage_id > :after AND c.coverage_id <= :upto AND c.outcome IN ('complete', 'unsupported')
   AND NOT EXISTS (SELECT 1 FROM main._coverage p
                    WHERE p.type = c.type AND p.account = c.account AND p.region = c.region AND p.outcome IN ('complete', 'unsupported') AND p.coverage_id <= :after);

-- name: evaluation_lists
-- plan: scan
SELECT EXISTS (SELECT 1 FROM temp.judge_listed t WHERE t.type IN (SELECT l.value FROM json_each(:types) l) AND t.account = :account AND t.region IN (:region, 'global')) AS yes;

-- name: evaluation_touches
-- plan: scan
-- Whether something of these types changed there, or anything (NULL).
SELECT EXISTS (SELECT 1 FROM temp.judge_touched t WHERE t.type IN (SELECT l.value FROM json_each(:types) l) AND t.account = :account AND t.region IN (:region, 'global'))
    OR :types IS NULL AND EXISTS (SELECT 1 FROM temp.judge_touched t WHERE t.account = :account AND t.region IN (:region, 'global')) AS yes;

-- name: evaluation_still
-- Whether nobody else has been faster, and the rule is what it was.
SELECT 1 AS yes FROM _config_rule c JOIN _evaluator e WHERE c.rule_id = :rule_id AND c.revision = :revision AND c.state = 'ACTIVE' AND e.evaluator_id = 1 AND e.item_id = :cursor;

-- name: evaluation_advance
UPDATE _evaluator SET item_id = :upto, coverage_id = max(coverage_id, :look) WHERE evaluator_id = 1 AND item_id = :after;

-- name: evaluation_advance_events
UPDATE _evaluator SET event_id = :upto WHERE evaluator_id = 1 AND event_id = :after;

-- name: evaluation_slice
-- plan: scan
-- The last answer of the next so many; NULL: there are no more.
SELECT max(n.answer_id) AS upto FROM (SELECT a.answer_id FROM temp.judge_answer a WHERE a.answer_id > :after ORDER BY a.answer_id LIMIT :limit) n;

-- name: evaluation_differs
-- plan: scan
-- Answers that are not what is known. What is judged later is later, whatever clock the resource was described by.
SELECT coalesce(a.rid, 0) AS rid, a.type AS type, a.id AS id, a.result AS result, a.annotation AS annotation,
       max(coalesce(:ordering, a.captured_ms, :now), coalesce(v.ordering_ms, 0)) AS ordering_ms
  FROM temp.judge_answer a
  LEFT JOIN main._verdict v ON v.account = :account AND v.region = :region AND v.rule = :rule AND v.rid = a.rid AND v.until_ms = 253402300799000
 WHERE a.answer_id > :after AND a.answer_id <= :upto
   AND (v.verdict_id IS NULL OR v.result <> a.result OR v.annotation IS NOT a.annotation);

-- name: evaluation_renew
-- plan: scan
-- Answers that are: they came again.
UPDATE main._verdict
   SET recorded_ms = :now, invoked_ms = :now,
       ordering_ms = max(ordering_ms, coalesce(:ordering, (SELECT max(a.captured_ms) FROM temp.judge_answer a WHERE a.rid = _verdict.rid), :now))
 WHERE verdict_id IN (SELECT v.verdict_id FROM temp.judge_answer a CROSS JOIN main._verdict v
                         ON v.account = :account AND v.region = :region AND v.rule = :rule AND v.rid = a.rid AND v.until_ms = 253402300799000
                       WHERE a.answer_id > :after AND a.answer_id <= :upto AND v.result = a.result AND v.annotation IS a.annotation);

-- name: evaluation_unanswered
-- plan: scan
-- Verdicts that the rule no longer gives: of what is gone, left its scope, or what it has no opinion of.
SELECT v.rid AS rid, r.type AS type, r.id AS id, max(v.ordering_ms, :now) AS ordering_ms
  FROM main._verdict v CROSS JOIN main._resource r ON r.rid = v.rid
 WHERE v.account = :account AND v.region = :region AND v.rule = :rule AND v.until_ms = 253402300799000 AND v.result <> 'NOT_APPLICABLE'
   AND NOT EXISTS (SELECT 1 FROM temp.judge_answer a WHERE a.rid = v.rid)
   AND NOT EXISTS (SELECT 1 FROM temp.judge_answer a WHERE a.type = r.type AND a.id = r.id AND a.item_id IS NULL)
 LIMIT :limit;

-- name: evaluation_unanswered_touched
-- plan: scan
SELECT v.rid AS rid, r.type AS type, r.id AS id, max(v.ordering_ms, :now) AS ordering_ms
  FROM temp.judge_touched t
 CROSS JOIN main._verdict v ON v.account = :account AND v.region = :region AND v.rule = :rule AND v.rid = t.rid AND v.until_ms = 253402300799000
 CROSS JOIN main._resource r ON r.rid = v.rid
 WHERE v.result <> 'NOT_APPLICABLE' AND NOT EXISTS (SELECT 1 FROM temp.judge_answer a WHERE a.rid = v.rid)
 LIMIT :limit;

-- name: evaluation_done
-- It was evaluated, for whichever cause, or its function was left word, of which whoever runs that says how it went. What has been asked for since stays.
UPDATE _rule_status
   SET invoked_ms = CASE WHEN :evaluated THEN :now ELSE invoked_ms END, evaluated_ms = CASE WHEN :evaluated THEN :now ELSE evaluated_ms END,
       started_ms = coalesce(started_ms, :now),
       error_code = CASE WHEN :evaluated THEN NULL ELSE error_code END, error = CASE WHEN :evaluated THEN NULL ELSE error END,
       periodic_ms = CASE WHEN :timed THEN :now ELSE periodic_ms END,
       lease_ms = CASE WHEN wanted_ms = :wanted THEN 0 ELSE lease_ms END,
       wanted_ms = CASE WHEN wanted_ms = :wanted THEN NULL ELSE wanted_ms END
 WHERE rule_id = :rule_id;

-- name: evaluation_failed
-- It could not be: what it found stays. :again_ms: when to try the whole of it again; NULL: when something else makes it run.
UPDATE _rule_status
   SET not_invoked_ms = CASE WHEN :invoked THEN not_invoked_ms ELSE :now END, invoked_ms = CASE WHEN :invoked THEN :now ELSE invoked_ms END,
       not_evaluated_ms = :now, error_code = :error_code, error = :error, periodic_ms = CASE WHEN :timed THEN :now ELSE periodic_ms END,
       wanted_ms = CASE WHEN wanted_ms IS NOT :wanted THEN wanted_ms WHEN :again_ms IS NULL THEN NULL ELSE :now END,
       lease_ms = CASE WHEN wanted_ms IS NOT :wanted THEN lease_ms WHEN :again_ms IS NULL THEN 0 ELSE :again_ms END
 WHERE rule_id = :rule_id;

-- name: evaluation_pass_over
-- There is nothing for us to evaluate.
UPDATE _rule_status SET wanted_ms = NULL, lease_ms = 0 WHERE rule_id = :rule_id AND wanted_ms = :wanted;

-- name: evaluation_set_due
INSERT INTO _rule_due(rule_id, next_ms) VALUES (:rule_id, :next) ON CONFLICT (rule_id) DO UPDATE SET next_ms = excluded.next_ms;

-- name: evaluation_not_due
DELETE FROM _rule_due WHERE rule_id = :rule_id;

-- name: evaluation_invoke
INSERT INTO _invocation(rule_id, kind, body, created_ms, due_ms) VALUES (:rule_id, :kind, :body, :now, :now);

-- name: evaluation_invoke_all
-- plan: scan
-- One for each resource in scope; a function that has not yet looked at it does not look twice.
INSERT INTO _invocation(rule_id, kind, item_id, left_scope, created_ms, due_ms)
SELECT :rule_id, 'change', r.last_item, 0, :now, :now
  FROM _resource r
 WHERE r.account = :account AND r.region IN (:region, 'global') AND r.deleted = 0 AND r.last_item IS NOT NULL
   AND CASE WHEN :types IS NULL THEN r.type NOT IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance')
            ELSE r.type IN (SELECT l.value FROM json_each(:types) l) END
   AND (:id IS NULL OR r.id = :id)
   AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM _tag g WHERE g.rid = r.rid AND g.until_ms = 253402300799000 AND g.key = :tag_key AND (:tag_value IS NULL OR g.value = :tag_value)))
   AND NOT EXISTS (SELECT 1 FROM _invocation x WHERE x.rule_id = :rule_id AND x.item_id = r.last_item);

-- name: evaluation_invoke_left
-- plan: scan
-- One for each resource that it has a verdict on and that is gone, or no longer in its scope.
INSERT INTO _invocation(rule_id, kind, item_id, left_scope, created_ms, due_ms)
SELECT :rule_id, 'change', r.last_item, 1, :now, :now
  FROM _verdict v CROSS JOIN _resource r ON r.rid = v.rid
 WHERE v.account = :account AND v.region = :region AND v.rule = :rule AND v.until_ms = 253402300799000 AND v.result <> 'NOT_APPLICABLE'
   AND r.last_item IS NOT NULL
   AND NOT (r.deleted = 0
            AND CASE WHEN :types IS NULL THEN r.type NOT IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance')
                     ELSE r.type IN (SELECT l.value FROM json_each(:types) l) END
            AND (:id IS NULL OR r.id = :id)
            AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM _tag g WHERE g.rid = r.rid AND g.until_ms = 253402300799000 AND g.key = :tag_key AND (:tag_value IS NULL OR g.value = :tag_value))))
   AND NOT EXISTS (SELECT 1 FROM _invocation x WHERE x.rule_id = :rule_id AND x.item_id = r.last_item);

-- name: evaluation_invoke_touched
-- plan: scan
-- One for each that changed and is in scope, or was until it changed: with its last version but one, or by what is known of it.
INSERT INTO _invocation(rule_id, kind, item_id, left_scope, created_ms, due_ms)
SELECT :rule_id, 'change', k.item_id, NOT k.is_in, :now, :now
  FROM (SELECT t.item_id, t.rid,
               r.deleted = 0 AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM _tag g WHERE g.rid = r.rid AND g.until_ms = 253402300799000 AND g.key = :tag_key AND (:tag_value IS NULL OR g.value = :tag_value))) AS is_in,
               EXISTS (SELECT 1 FROM _item i CROSS JOIN _item p ON p.rid = i.rid AND p.version = i.version - 1
                        WHERE i.item_id = t.item_id AND p.document_id IS NOT NULL
                          AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM _tag g WHERE g.rid = r.rid AND g.key = :tag_key AND (:tag_value IS NULL OR g.value = :tag_value)
                                                            AND g.since_ms <= p.captured_ms AND g.until_ms > p.captured_ms))) AS was_in
          FROM temp.judge_touched t CROSS JOIN _resource r ON r.rid = t.rid
         WHERE t.account = :account AND t.region IN (:region, 'global')
           AND CASE WHEN :types IS NULL THEN t.type NOT IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance')
                    ELSE t.type IN (SELECT l.value FROM json_each(:types) l) END
           AND (:id IS NULL OR r.id = :id)) k
 WHERE (k.is_in OR k.was_in
        OR EXISTS (SELECT 1 FROM _verdict v WHERE v.account = :account AND v.region = :region AND v.rule = :rule AND v.rid = k.rid
                      AND v.until_ms = 253402300799000 AND v.result <> 'NOT_APPLICABLE'))
   AND NOT EXISTS (SELECT 1 FROM _invocation x WHERE x.rule_id = :rule_id AND x.item_id = k.item_id);

-- name: evaluation_snapshots
-- plan: scan
-- Deliveries of snapshots since; the last of each place is enough.
SELECT max(v.event_id) AS event_id, v.at_ms AS at_ms, v.payload AS payload
  FROM _event v
 WHERE v.event_id > :after AND v.kind = 'ConfigurationSnapshotDeliveryCompleted' AND v.account = :account AND v.region = :region;

-- name: evaluation_newest_event
SELECT coalesce(max(v.event_id), 0) AS event_id FROM _event v;
