-- What comes and goes with rules, packs and what an organization gives.
CREATE TRIGGER _remediation_orphaned AFTER DELETE ON _config_rule BEGIN
  DELETE FROM _remediation WHERE account = old.account AND region = old.region AND rule = old.name;
  DELETE FROM _remediation_exception WHERE account = old.account AND region = old.region AND rule = old.name;
  DELETE FROM _pack_rule WHERE account = old.account AND region = old.region AND rule = old.name;
END;

CREATE TRIGGER _remediation_gone AFTER DELETE ON _remediation BEGIN
  DELETE FROM _remediation_execution WHERE account = old.account AND region = old.region AND rule = old.rule;
END;

CREATE TRIGGER _conformance_pack_gone AFTER DELETE ON _conformance_pack BEGIN
  DELETE FROM _service_tag WHERE arn = old.arn;
END;

CREATE TRIGGER _organization_object_gone AFTER DELETE ON _organization_object BEGIN
  DELETE FROM _organization_member WHERE account = old.account AND region = old.region AND kind = old.kind AND name = old.name;
  DELETE FROM _service_tag WHERE arn = old.arn;
END;
