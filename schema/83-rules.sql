-- What comes and goes with a rule.
CREATE TRIGGER _config_rule_made AFTER INSERT ON _config_rule BEGIN
  INSERT INTO _rule_status(rule_id, wanted_ms) VALUES (new.rule_id, new.created_ms);
END;

-- It may judge otherwise now.
CREATE TRIGGER _config_rule_changed AFTER UPDATE OF owner, identifier, details, policy, scope, parameters ON _config_rule
 WHEN json_array(new.owner, new.identifier, new.details, new.policy, new.scope, new.parameters)
      <> json_array(old.owner, old.identifier, old.details, old.policy, old.scope, old.parameters)
BEGIN
  UPDATE _rule_status SET wanted_ms = new.changed_ms WHERE rule_id = new.rule_id;
END;

CREATE TRIGGER _config_rule_silenced AFTER UPDATE OF state ON _config_rule WHEN new.state IN ('DELETING', 'DELETING_RESULTS')
BEGIN
  UPDATE _verdict SET until_ms = max(since_ms, new.state_ms)
   WHERE account = new.account AND region = new.region AND rule = new.name AND until_ms = 253402300799000;
END;

CREATE TRIGGER _config_rule_gone AFTER DELETE ON _config_rule BEGIN
  DELETE FROM _rule_status WHERE rule_id = old.rule_id;
  DELETE FROM _service_tag WHERE arn = old.arn;
END;

-- A roll-up is not rolled up again: that would go on for ever.
CREATE TRIGGER _verdict_begun AFTER INSERT ON _verdict
 WHEN new.account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _resource r WHERE r.rid = new.rid AND r.type = 'AWS::Config::ResourceCompliance')
BEGIN
  INSERT INTO _compliance_due(account, region, rid) VALUES (new.account, new.region, new.rid)
  ON CONFLICT (account, region, rid) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER _verdict_ended AFTER UPDATE OF until_ms ON _verdict
 WHEN new.account IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _resource r WHERE r.rid = new.rid AND r.type = 'AWS::Config::ResourceCompliance')
BEGIN
  INSERT INTO _compliance_due(account, region, rid) VALUES (new.account, new.region, new.rid)
  ON CONFLICT (account, region, rid) DO UPDATE SET times = times + 1;
END;

CREATE TRIGGER _resource_forgotten AFTER DELETE ON _resource BEGIN
  DELETE FROM _compliance_due WHERE rid = old.rid;
END;

-- What the rules of AWS Config find now: verdicts in force, without those that say that a rule cannot tell, which AWS has none of.
-- Shadowed where the past is asked about.
CREATE VIEW _finding AS
SELECT v.account, v.region, v.rule, v.rid, v.result, v.annotation, v.ordering_ms, v.recorded_ms, v.invoked_ms
  FROM _verdict v WHERE v.until_ms = 253402300799000 AND v.account IS NOT NULL AND v.result <> 'INSUFFICIENT_DATA';
