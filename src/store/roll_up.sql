-- name: roll_up_recorded
-- plan: scan
-- Whether a recorder that runs records roll-ups: they are of no type of the catalogue, so that nobody else asks.
SELECT 1 AS yes FROM _recorder r
 WHERE r.recording = 1
   AND CASE r.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN EXISTS (SELECT 1 FROM _recorder_type t WHERE t.recorder = r.name AND 'AWS::Config::ResourceCompliance' GLOB t.type)
                       WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN NOT EXISTS (SELECT 1 FROM _recorder_type t WHERE t.recorder = r.name AND 'AWS::Config::ResourceCompliance' GLOB t.type)
                       ELSE 1 END
 LIMIT 1;

-- name: roll_up_forget
-- plan: scan
DELETE FROM _compliance_due;

-- name: roll_up_due
-- plan: scan
-- What applies to a resource, rolled up; NULL: nothing does. `item` is the roll-up that is recorded.
SELECT d.account AS account, d.region AS region, d.rid AS rid, d.times AS times, r.type AS type, r.id AS id,
       (SELECT json_object('complianceType', CASE WHEN sum(l.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END,
                           'targetResourceId', r.id, 'targetResourceType', r.type,
                           'configRuleList', json_group_array(json_object('configRuleArn', l.arn, 'configRuleId', l.rule_id, 'configRuleName', l.name, 'complianceType', l.result)))
          FROM (SELECT c.arn AS arn, c.rule_id AS rule_id, c.name AS name, f.result AS result
                  FROM _finding f JOIN _config_rule c ON c.account = f.account AND c.region = f.region AND c.name = f.rule
                 WHERE f.account = d.account AND f.region = d.region AND f.rid = d.rid AND f.result <> 'NOT_APPLICABLE' ORDER BY c.name) l
        HAVING count(*) > 0) AS configuration,
       coalesce((SELECT x.rid FROM _resource x WHERE x.id = r.type || '/' || r.id AND x.type = 'AWS::Config::ResourceCompliance'
                    AND x.account = d.account AND x.region = d.region AND x.deleted = 0), 0) AS item
  FROM _compliance_due d JOIN _resource r ON r.rid = d.rid LIMIT :limit;

-- name: roll_up_done
-- What changed in the meantime is due again.
DELETE FROM _compliance_due WHERE account = :account AND region = :region AND rid = :rid AND times = :times;
