-- name: verdict_resource
-- plan: scan
-- One of the region is meant before one that has none.
SELECT r.rid AS rid FROM _resource r
 WHERE r.id = :id AND r.type = :type AND r.account = :account AND r.region IN (:region, 'global')
 ORDER BY r.region = 'global' LIMIT 1;

-- name: verdict_note_resource
INSERT INTO _resource(account, region, type, id, deleted) VALUES (:account, :region, :type, :id, 1);

-- name: verdict_open
-- `told` is the last one that people were told of: where this one says that the rule could not tell, the one that it ended.
SELECT v.verdict_id AS verdict_id, v.result AS result, v.ordering_ms AS ordering_ms, coalesce(p.verdict_id, 0) AS told, p.result AS told_result
  FROM _verdict v
  LEFT JOIN _verdict p ON p.verdict_id = CASE WHEN v.result <> 'INSUFFICIENT_DATA' THEN v.verdict_id ELSE
              (SELECT max(x.verdict_id) FROM _verdict x
                WHERE x.rid = v.rid AND x.rule = v.rule AND x.until_ms = v.since_ms AND x.account = v.account AND x.region = v.region AND x.result <> 'INSUFFICIENT_DATA') END
 WHERE v.account = :account AND v.region = :region AND v.rule = :rule AND v.rid = :rid AND v.until_ms = 253402300799000;

-- name: verdict_renew
UPDATE _verdict SET annotation = :annotation, ordering_ms = :ordering, invoked_ms = :invoked, recorded_ms = :now WHERE verdict_id = :verdict;

-- name: verdict_close
UPDATE _verdict SET until_ms = max(since_ms, :now) WHERE verdict_id = :verdict;

-- name: verdict_begin
INSERT INTO _verdict(rid, rule, result, annotation, since_ms, account, region, ordering_ms, recorded_ms, invoked_ms)
VALUES (:rid, :rule, :result, :annotation, :now, :account, :region, :ordering, :now, :invoked);

-- name: verdict_notice
-- What ComplianceChangeNotification says: spec section 4.3. :old is the verdict before, or NULL.
SELECT json_object('configRuleName', :rule, 'configRuleARN', :arn, 'resourceType', :type, 'resourceId', :id,
         'newEvaluationResult', json_object('evaluationResultIdentifier',
             json_object('evaluationResultQualifier', json_object('configRuleName', :rule, 'resourceType', :type, 'resourceId', :id, 'evaluationMode', 'DETECTIVE'),
                         'orderingTimestamp', strftime('%Y-%m-%dT%H:%M:%S', :ordering / 1000, 'unixepoch') || printf('.%03dZ', :ordering % 1000)),
             'complianceType', :result,
             'resultRecordedTime', strftime('%Y-%m-%dT%H:%M:%S', :now / 1000, 'unixepoch') || printf('.%03dZ', :now % 1000),
             'configRuleInvokedTime', strftime('%Y-%m-%dT%H:%M:%S', :invoked / 1000, 'unixepoch') || printf('.%03dZ', :invoked % 1000),
             'annotation', :annotation),
         'oldEvaluationResult', json((SELECT json_object('evaluationResultIdentifier',
             json_object('evaluationResultQualifier', json_object('configRuleName', :rule, 'resourceType', :type, 'resourceId', :id, 'evaluationMode', 'DETECTIVE'),
                         'orderingTimestamp', strftime('%Y-%m-%dT%H:%M:%S', v.ordering_ms / 1000, 'unixepoch') || printf('.%03dZ', v.ordering_ms % 1000)),
             'complianceType', v.result,
             'resultRecordedTime', strftime('%Y-%m-%dT%H:%M:%S', v.recorded_ms / 1000, 'unixepoch') || printf('.%03dZ', v.recorded_ms % 1000),
             'configRuleInvokedTime', strftime('%Y-%m-%dT%H:%M:%S', v.invoked_ms / 1000, 'unixepoch') || printf('.%03dZ', v.invoked_ms % 1000),
             'annotation', v.annotation) FROM _verdict v WHERE v.verdict_id = :old))) AS payload;

-- name: verdict_rule
SELECT c.name AS name, c.arn AS arn, c.state = 'DELETING' AS going
  FROM _config_rule c WHERE c.rule_id = :rule_id AND c.account = :account AND c.region = :region;

-- name: verdict_rule_answered
UPDATE _rule_status SET evaluated_ms = :now, started_ms = coalesce(started_ms, :now) WHERE rule_id = :rule_id;
