-- What the AWS Config API keeps of conformance packs, of what is done about resources that are not compliant, and of what an
-- organization gives to its accounts. The rules that packs and organizations make are rows of _config_rule like any other.

-- What is done about resources that a rule finds not compliant. They go with the rule.
CREATE TABLE _remediation (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  rule        TEXT NOT NULL,              -- its name
  arn         TEXT NOT NULL UNIQUE,
  target_type TEXT NOT NULL,              -- SSM_DOCUMENT
  target_id   TEXT NOT NULL,
  target_version TEXT,
  parameters  TEXT,                       -- JSON object: name to {ResourceValue} or {StaticValue}, as they were given
  resource_type TEXT,
  automatic   INTEGER NOT NULL CHECK (automatic IN (0, 1)),
  controls    TEXT,                       -- JSON as it was given: {SsmControls: {...}}
  attempts    INTEGER,                    -- automatic: how often it is tried
  retry_s     INTEGER,                    -- automatic: how long to wait in between
  created_by  TEXT,                       -- the service whose remediation it is; it alone may change it
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, rule)
) STRICT, WITHOUT ROWID;

-- Resources that are left alone by what is automatic. They go with the rule.
CREATE TABLE _remediation_exception (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  rule        TEXT NOT NULL,
  type        TEXT NOT NULL,
  id          TEXT NOT NULL,
  message     TEXT,
  expires_ms  INTEGER NOT NULL DEFAULT 253402300799000, -- as if there were none from then on
  PRIMARY KEY (account, region, rule, type, id)
) STRICT, WITHOUT ROWID;

-- Executions, asked for or automatic. The newest of a resource says how it stands. They go with the remediation.
CREATE TABLE _remediation_execution (
  execution_id INTEGER PRIMARY KEY,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  rule        TEXT NOT NULL,
  rid         INTEGER NOT NULL,           -- _resource
  state       TEXT NOT NULL DEFAULT 'QUEUED', -- QUEUED | IN_PROGRESS | SUCCEEDED | FAILED | UNKNOWN
  steps       TEXT NOT NULL DEFAULT '[]', -- JSON list of {Name, State, ErrorMessage, StartTime, StopTime}, times in epoch seconds
  invoked_ms  INTEGER NOT NULL,
  updated_ms  INTEGER NOT NULL,
  automatic   INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)), -- nobody asked for it
  remote      TEXT,                       -- what whoever carries it out calls it
  due_ms      INTEGER NOT NULL DEFAULT 0  -- somebody works on it, or there is nothing to see, until then
) STRICT;
CREATE INDEX _remediation_execution_of ON _remediation_execution(account, region, rule, rid, execution_id);
CREATE INDEX _remediation_execution_due ON _remediation_execution(due_ms, execution_id) WHERE state IN ('QUEUED', 'IN_PROGRESS');

-- Conformance packs: rules and remediations that come and go together.
CREATE TABLE _conformance_pack (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  pack_id     TEXT NOT NULL UNIQUE,       -- 'conformance-pack-' and 9 of [a-z0-9]; its rules' names end with it
  arn         TEXT NOT NULL UNIQUE,
  bucket      TEXT,
  prefix      TEXT,
  inputs      TEXT NOT NULL DEFAULT '[]', -- JSON list of {ParameterName, ParameterValue}
  template    TEXT NOT NULL,              -- as it was given
  scope       TEXT,                       -- JSON: TagKey, TagValue
  created_by  TEXT,                       -- the service whose pack it is; it alone may change it
  state       TEXT NOT NULL,              -- CREATE_COMPLETE | CREATE_FAILED | UPDATE_COMPLETE ... as the API names them
  reason      TEXT,                       -- why it failed
  requested_ms INTEGER NOT NULL,
  completed_ms INTEGER,
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  PRIMARY KEY (account, region, name)
) STRICT;

-- The rules of a pack.
CREATE TABLE _pack_rule (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  pack        TEXT NOT NULL,
  rule        TEXT NOT NULL,              -- its name
  logical_id  TEXT NOT NULL,              -- what the template calls it
  controls    TEXT NOT NULL DEFAULT '[]', -- JSON list of texts: of the standard that the pack follows, what the rule is for
  PRIMARY KEY (account, region, pack, rule)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX _pack_rule_of ON _pack_rule(account, region, rule);

-- Rules and conformance packs of an organization: of the account that made them for all of them.
CREATE TABLE _organization_object (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  kind        TEXT NOT NULL,              -- rule | pack
  name        TEXT NOT NULL,
  suffix      TEXT NOT NULL,              -- 8 of [a-z0-9]: what its ARN and the members' names end with
  arn         TEXT NOT NULL UNIQUE,
  request     TEXT NOT NULL,              -- JSON: what it was made of, as it was given
  excluded    TEXT NOT NULL DEFAULT '[]', -- JSON list of accounts that do not get it
  changed_ms  INTEGER NOT NULL,
  revision    INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (account, region, kind, name)
) STRICT;

-- What became of it in each account.
CREATE TABLE _organization_member (
  account     TEXT NOT NULL,              -- of the object
  region      TEXT NOT NULL,
  kind        TEXT NOT NULL,
  name        TEXT NOT NULL,
  member      TEXT NOT NULL,              -- the account
  made        TEXT NOT NULL,              -- the name of its rule or pack
  status      TEXT NOT NULL,              -- CREATE_SUCCESSFUL | CREATE_FAILED | UPDATE_SUCCESSFUL ... as the API names them
  error_code  TEXT,
  error       TEXT,
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, kind, name, member)
) STRICT, WITHOUT ROWID;
