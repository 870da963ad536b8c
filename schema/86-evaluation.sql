-- What evaluation knows of a rule goes with it.
CREATE TRIGGER _config_rule_unjudged AFTER DELETE ON _config_rule BEGIN
  DELETE FROM _rule_due WHERE rule_id = old.rule_id;
  DELETE FROM _invocation WHERE rule_id = old.rule_id;
END;

CREATE TRIGGER _config_rule_timed AFTER UPDATE OF frequency, details ON _config_rule
 WHEN new.frequency IS NOT old.frequency OR new.details IS NOT old.details
BEGIN
  UPDATE _rule_due SET next_ms = 0 WHERE rule_id = new.rule_id;
END;
