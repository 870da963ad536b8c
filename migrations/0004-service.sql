-- why: recording groups, accounts, pages that did not change, pushed resources, access keys, and what the AWS Config API keeps
-- cost: adds empty tables and columns

-- recording groups
ALTER TABLE _recorder ADD COLUMN strategy TEXT NOT NULL DEFAULT 'ALL_SUPPORTED_RESOURCE_TYPES';
ALTER TABLE _recorder ADD COLUMN globals INTEGER NOT NULL DEFAULT 1;
ALTER TABLE _recorder ADD COLUMN frequency TEXT NOT NULL DEFAULT 'CONTINUOUS';
ALTER TABLE _recorder ADD COLUMN scope TEXT NOT NULL DEFAULT 'PAID';
ALTER TABLE _recorder ADD COLUMN principal TEXT;
ALTER TABLE _recorder ADD COLUMN suffix TEXT NOT NULL DEFAULT '';
ALTER TABLE _recorder ADD COLUMN tags TEXT NOT NULL DEFAULT '{}';
ALTER TABLE _recorder ADD COLUMN own_ms INTEGER NOT NULL DEFAULT 0;
-- The types that a recorder's strategy names.
CREATE TABLE _recorder_type (
  recorder      TEXT NOT NULL REFERENCES _recorder(name) ON DELETE CASCADE,
  type          TEXT NOT NULL,            -- a name or a glob
  ord           INTEGER NOT NULL,
  PRIMARY KEY (recorder, type)
) STRICT, WITHOUT ROWID;

-- How often some types are looked at. Of several that match, a whole name goes before a glob, a longer glob before a shorter one.
CREATE TABLE _recorder_override (
  recorder      TEXT NOT NULL REFERENCES _recorder(name) ON DELETE CASCADE,
  type          TEXT NOT NULL,            -- a name or a glob
  ord           INTEGER NOT NULL,
  frequency     TEXT,                     -- CONTINUOUS | DAILY; NULL: every_ms says it
  every_ms      INTEGER,
  note          TEXT,                     -- the API's description
  PRIMARY KEY (recorder, type)
) STRICT, WITHOUT ROWID;

-- Only resources with one of these tags, and with none of those that are excluded.
CREATE TABLE _recorder_tag (
  recorder      TEXT NOT NULL REFERENCES _recorder(name) ON DELETE CASCADE,
  key           TEXT NOT NULL,
  value         TEXT NOT NULL DEFAULT '', -- where any is 0
  any           INTEGER NOT NULL,         -- 1: whatever its value
  exclude       INTEGER NOT NULL,
  PRIMARY KEY (recorder, key, value, any)
) STRICT, WITHOUT ROWID;
UPDATE _recorder SET suffix = lower(hex(randomblob(8)));
INSERT OR IGNORE INTO _recorder_type(recorder, type, ord)
  SELECT r.name, trim(t.value), t.key
    FROM _recorder r JOIN json_each('["' || replace(replace(replace(r.types, '\', '\\'), '"', '\"'), ',', '","') || '"]') t
   WHERE trim(t.value) <> '';
UPDATE _recorder SET strategy = 'INCLUSION_BY_RESOURCE_TYPES' WHERE types IS NOT NULL;
ALTER TABLE _recorder DROP COLUMN types;
-- What is no longer recorded did not change.
ALTER TABLE _item DROP COLUMN event;
ALTER TABLE _item ADD COLUMN event TEXT GENERATED ALWAYS AS (CASE WHEN status LIKE 'ResourceDeleted%' THEN 'deleted' WHEN status = 'ResourceDiscovered' THEN 'created'
                WHEN status = 'ResourceNotRecorded' THEN 'not recorded' ELSE 'changed' END) VIRTUAL;

-- accounts and regions
-- Where looking was refused: it is not asked again for a while, longer each time.
CREATE TABLE _denial (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,              -- where it was asked; '' with type '*'
  type        TEXT NOT NULL,              -- '*': nobody could become that account
  since_ms    INTEGER NOT NULL,           -- the first of the refusals
  last_ms     INTEGER NOT NULL,           -- the last of them
  times       INTEGER NOT NULL,           -- how many there were
  again_ms    INTEGER NOT NULL,           -- not asked before, but by hand
  reason      TEXT NOT NULL,
  code        TEXT,                       -- the service's own error code, where it gave one
  PRIMARY KEY (account, region, type)
) STRICT, WITHOUT ROWID;

-- pages and versions already known
-- What a listing said when its resources were last described, so that they need not be described again while it
-- says the same. All of this can be thrown away at any time: the next sweep describes everything, and writes it anew.

-- The item of a listing that a resource was described from.
CREATE TABLE _known (
  rid         INTEGER PRIMARY KEY,        -- _resource
  item_id     INTEGER NOT NULL,           -- its newest item then: nothing is known of a resource that has a newer one
  hash        BLOB,                       -- digest of the listed item, and of how and where it was read; NULL: it moves by itself
  page        INTEGER,                    -- _known_page
  full_ms     INTEGER,                    -- when calls of its own were last made for it; NULL: it takes none
  since_ms    INTEGER NOT NULL            -- when the hash last changed
) STRICT;
CREATE INDEX _known_hash ON _known(hash) WHERE hash IS NOT NULL;
CREATE INDEX _known_at ON _known(page) WHERE page IS NOT NULL;

-- A page of a listing. It holds while all of its resources are known.
CREATE TABLE _known_page (
  page        INTEGER PRIMARY KEY,        -- digest of source, place, type, catalogue entry, parent and number of the page
  hash        BLOB NOT NULL,              -- digest of its items
  n           INTEGER NOT NULL,           -- how many resources they are
  source_id   INTEGER NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL
) STRICT;
CREATE INDEX _known_page_look ON _known_page(type, account, region);
-- How far the relationships of what a source sees are told at both ends: up to this item. What was written since (by
-- a sweep that died, after an event, by another source) may have left the other end as it was.
CREATE TABLE _known_mark (
  source_id   INTEGER PRIMARY KEY,
  item_id     INTEGER NOT NULL
) STRICT;

-- log files read
-- How far the log files of a source's trail are read.
CREATE TABLE _trail (
  source_id   INTEGER PRIMARY KEY REFERENCES _source(source_id),
  place       TEXT NOT NULL,              -- s3://BUCKET/PREFIX; another one begins anew
  since_ms    INTEGER NOT NULL,           -- files written before are left alone
  next_ms     INTEGER NOT NULL DEFAULT 0, -- not looked at before
  read_ms     INTEGER,                    -- when all there was had been looked at last
  error       TEXT                        -- why the last round was not whole
) STRICT;

-- A folder of one account and region: all of the days before is read.
CREATE TABLE _trail_folder (
  source_id   INTEGER NOT NULL REFERENCES _source(source_id),
  folder      TEXT NOT NULL,              -- of keys, up to the region: PREFIX/AWSLogs/ACCOUNT/CloudTrail/REGION/
  day         TEXT NOT NULL,              -- 2026/11/23: the oldest day that is still looked at
  last_key    TEXT NOT NULL DEFAULT '',   -- the greatest that was read; what comes late has a smaller one
  PRIMARY KEY (source_id, folder)
) STRICT, WITHOUT ROWID;

-- Log files that were read in the days still looked at, and every one that could not be.
CREATE TABLE _trail_file (
  source_id   INTEGER NOT NULL REFERENCES _source(source_id),
  key         TEXT NOT NULL,
  folder      TEXT NOT NULL,
  day         TEXT NOT NULL,
  state       TEXT NOT NULL,              -- done | failed (is tried again) | gone (it is no longer there)
  tries       INTEGER NOT NULL,
  last_ms     INTEGER NOT NULL,           -- when it was read last
  next_ms     INTEGER NOT NULL,           -- failed: not tried before
  events      INTEGER NOT NULL,           -- in it, as far as it was read
  heeded      INTEGER NOT NULL,           -- of which led to a look
  error       TEXT,
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX _trail_file_failed ON _trail_file(source_id, next_ms) WHERE state = 'failed';

-- custom types
-- The schemas of types that are pushed, as `siltstone types register` was given them; none of them is ever changed.
CREATE TABLE _custom_type (
  type          TEXT NOT NULL,            -- 'Acme::Net::Switch'
  version       TEXT NOT NULL,            -- SchemaVersionId: '00000001', counted up
  schema        TEXT NOT NULL,            -- JSON, as CloudFormation's registry has it
  registered_ms INTEGER NOT NULL,
  PRIMARY KEY (type, version)
) STRICT, WITHOUT ROWID;

-- who may
-- Who may ask: keys that sign requests as AWS's SDKs do, and tokens that are shown. What is secret lies here sealed,
-- under a key that is in a file elsewhere, and bound to key_id, account, role, lists and expiry.
CREATE TABLE _access_key (
  key_id      TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('aws', 'token')),
  account     TEXT NOT NULL,              -- 12 digits: whose AWS Config it asks
  role        TEXT NOT NULL CHECK (role IN ('read-only', 'operator', 'admin')),
  allow       TEXT NOT NULL,              -- globs of operations with commas between them: nothing else; '' = what the role may
  deny        TEXT NOT NULL,              -- globs of operations: not these
  sealed      BLOB NOT NULL,              -- the secret, sealed; of a token a keyed hash of it
  enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  expires_ms  INTEGER,                    -- NULL: never
  made_ms     INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,           -- when it got its secret
  used_ms     INTEGER,                    -- to the hour or so; NULL: not yet
  note        TEXT NOT NULL
) STRICT;

-- what the API keeps
-- Stored queries: expressions in AWS Config's query language, kept under a name by PutStoredQuery. Questions in SQL that
-- people keep for themselves are in _query; neither shows the other's.
CREATE TABLE _stored_query (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  query_id    TEXT NOT NULL,              -- 'query-' and 16 of [a-z0-9]
  arn         TEXT NOT NULL UNIQUE,
  description TEXT,
  expression  TEXT NOT NULL,
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- Tags of the service's own objects, whatever they are: those that _service_object lists. They go with their object.
CREATE TABLE _service_tag (
  arn         TEXT NOT NULL,
  key         TEXT NOT NULL,
  value       TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) STRICT, WITHOUT ROWID;

-- Rules. What they found is in _verdict, under the rule's account, region and name.
ALTER TABLE _verdict ADD COLUMN account TEXT;
ALTER TABLE _verdict ADD COLUMN region TEXT;
ALTER TABLE _verdict ADD COLUMN ordering_ms INTEGER;
ALTER TABLE _verdict ADD COLUMN recorded_ms INTEGER;
ALTER TABLE _verdict ADD COLUMN invoked_ms INTEGER;
CREATE INDEX _verdict_of_rule ON _verdict(account, region, rule, result, rid) WHERE until_ms = 253402300799000;
CREATE INDEX _verdict_of_resource ON _verdict(account, region, rid, rule, result) WHERE until_ms = 253402300799000;

-- One row per rule. To make a rule is to insert its row; to be rid of it, set its state to 'DELETING' (its verdicts end with
-- state_ms), then delete the row. 'DELETING_RESULTS' ends the verdicts alone.
CREATE TABLE _config_rule (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  rule_id     TEXT NOT NULL UNIQUE,       -- 'config-rule-' and 6 of [a-z0-9]
  arn         TEXT NOT NULL UNIQUE,
  description TEXT,
  owner       TEXT NOT NULL,              -- AWS | CUSTOM_LAMBDA | CUSTOM_POLICY
  identifier  TEXT,                       -- of a managed rule, as in _managed_rule; a function's ARN; NULL of a policy
  details     TEXT,                       -- JSON list of {EventSource, MessageType, MaximumExecutionFrequency}; NULL of a managed rule
  policy      TEXT,                       -- JSON: {PolicyRuntime, PolicyText, EnableDebugLogDelivery}; NULL of others
  scope       TEXT,                       -- JSON as it was given: ComplianceResourceTypes, ComplianceResourceId, TagKey, TagValue
  parameters  TEXT,                       -- JSON object as text
  frequency   TEXT,                       -- One_Hour | Three_Hours | Six_Hours | Twelve_Hours | TwentyFour_Hours
  modes       TEXT NOT NULL DEFAULT '[{"Mode":"DETECTIVE"}]', -- JSON list
  visibility  TEXT NOT NULL DEFAULT 'EXTERNAL',
  created_by  TEXT,                       -- the service whose rule it is; it alone may change it
  state       TEXT NOT NULL DEFAULT 'ACTIVE', -- ACTIVE | EVALUATING | DELETING | DELETING_RESULTS
  state_ms    INTEGER NOT NULL,           -- when the state was set
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- How its evaluations go; made and deleted with the rule.
CREATE TABLE _rule_status (
  rule_id     TEXT PRIMARY KEY,
  wanted_ms   INTEGER,                    -- everything in its scope is to be evaluated, since then: it is new, was changed, or somebody asked; NULL: done
  asked_ms    INTEGER,                    -- when somebody last asked with StartConfigRulesEvaluation
  lease_ms    INTEGER NOT NULL DEFAULT 0, -- somebody works on it until then
  periodic_ms INTEGER,                    -- when it last ran because it was time; NULL: not yet
  started_ms  INTEGER,                    -- when the first evaluation began
  invoked_ms  INTEGER,                    -- it was last started well
  not_invoked_ms INTEGER,                 -- it could last not be started
  evaluated_ms INTEGER,                   -- a result last came
  not_evaluated_ms INTEGER,               -- a result last did not come
  deactivated_ms INTEGER,
  error_code  TEXT,
  error       TEXT,
  log_status  TEXT,                       -- of a policy's debug log: Success | Failure
  log_reason  TEXT,
  log_ms      INTEGER
) STRICT;
CREATE INDEX _rule_status_wanted ON _rule_status(wanted_ms) WHERE wanted_ms IS NOT NULL;

-- Resources whose roll-up over all rules of a region has changed since it was last written as an item
-- (AWS::Config::ResourceCompliance).
CREATE TABLE _compliance_due (
  account     TEXT NOT NULL,              -- of the rules
  region      TEXT NOT NULL,
  rid         INTEGER NOT NULL,
  times       INTEGER NOT NULL DEFAULT 1, -- so often: what changed while it was written is due again
  PRIMARY KEY (account, region, rid)
) STRICT, WITHOUT ROWID;
CREATE INDEX _compliance_due_rid ON _compliance_due(rid);

-- Resources that are to be judged before they are made: StartResourceEvaluation.
CREATE TABLE _resource_evaluation (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  evaluation_id TEXT NOT NULL,
  mode        TEXT NOT NULL,              -- PROACTIVE
  type        TEXT NOT NULL,
  id          TEXT NOT NULL,
  configuration TEXT NOT NULL,            -- JSON, in the schema of CloudFormation
  schema_type TEXT,
  context     TEXT,                       -- EvaluationContextIdentifier
  client_token TEXT,
  request     TEXT NOT NULL,              -- as it came: with a token a second one like it is the same one
  started_ms  INTEGER NOT NULL,
  deadline_ms INTEGER NOT NULL,           -- when it has failed unless it is done
  status      TEXT NOT NULL DEFAULT 'IN_PROGRESS', -- IN_PROGRESS | FAILED | SUCCEEDED
  reason      TEXT,                       -- why it failed
  compliance  TEXT,                       -- of the whole; NULL until it is done
  results     TEXT NOT NULL DEFAULT '[]', -- JSON list of {rule, result, annotation, recorded_ms, invoked_ms}, by rule
  PRIMARY KEY (account, region, evaluation_id)
) STRICT;
CREATE INDEX _resource_evaluation_at ON _resource_evaluation(account, region, started_ms, evaluation_id);
CREATE UNIQUE INDEX _resource_evaluation_token ON _resource_evaluation(account, region, client_token) WHERE client_token IS NOT NULL;
CREATE INDEX _resource_evaluation_due ON _resource_evaluation(deadline_ms) WHERE status = 'IN_PROGRESS';

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

-- Aggregators.
CREATE TABLE _aggregator (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  arn         TEXT NOT NULL UNIQUE,
  accounts    TEXT,                       -- JSON list; NULL: an organization's, which are all there are
  role        TEXT,                       -- of an organization: its RoleArn
  regions     TEXT,                       -- JSON list; NULL: all
  filters     TEXT,                       -- JSON as it was given: ResourceType and ServicePrincipal, each {Type, Value}
  created_by  TEXT,
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- Whose aggregators an account lets collect from one of its regions.
CREATE TABLE _aggregation_authorization (
  account     TEXT NOT NULL,              -- who gave it
  region      TEXT NOT NULL,
  to_account  TEXT NOT NULL,
  to_region   TEXT NOT NULL,
  arn         TEXT NOT NULL UNIQUE,
  created_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, to_account, to_region)
) STRICT;

-- Requests that were put aside. What was changed later asks anew.
CREATE TABLE _aggregation_refusal (
  account     TEXT NOT NULL,              -- who was asked
  region      TEXT NOT NULL,
  by_account  TEXT NOT NULL,              -- whose aggregator asked
  by_region   TEXT NOT NULL,
  refused_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, by_account, by_region)
) STRICT, WITHOUT ROWID;

-- evaluation
-- How far rules that run when a resource changes have judged what was written: one row.
CREATE TABLE _evaluator (
  evaluator_id INTEGER PRIMARY KEY CHECK (evaluator_id = 1),
  item_id     INTEGER NOT NULL,           -- up to this item
  event_id    INTEGER NOT NULL,           -- deliveries of snapshots are heeded up to this event
  coverage_id INTEGER NOT NULL            -- that types were listed for the first time is heeded up to this look
) STRICT;
INSERT INTO _evaluator SELECT 1, coalesce((SELECT max(item_id) FROM _item), 0), coalesce((SELECT max(event_id) FROM _event), 0),
       coalesce((SELECT max(coverage_id) FROM _coverage), 0);

-- When rules that run from time to time are to run next. The row of a rule is made when it first runs.
CREATE TABLE _rule_due (
  rule_id     TEXT PRIMARY KEY,
  next_ms     INTEGER NOT NULL            -- 0: it is to be found out
) STRICT, WITHOUT ROWID;
CREATE INDEX _rule_due_next ON _rule_due(next_ms);

-- Evaluations that a function is to make, one row for each time it is started. The row goes when the function has answered or is given up.
CREATE TABLE _invocation (
  invocation_id INTEGER PRIMARY KEY,
  rule_id     TEXT NOT NULL,
  kind        TEXT NOT NULL,              -- change | scheduled | snapshot
  item_id     INTEGER,                    -- change: what is judged
  left_scope  INTEGER NOT NULL DEFAULT 0, -- change: it was in the rule's scope and no longer is
  body        TEXT,                       -- snapshot: the message of its delivery
  created_ms  INTEGER NOT NULL,
  due_ms      INTEGER NOT NULL,           -- not before
  lease_ms    INTEGER NOT NULL DEFAULT 0, -- somebody works on it until then
  tries       INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX _invocation_due ON _invocation(due_ms);
CREATE INDEX _invocation_rule ON _invocation(rule_id, item_id);

-- functions
-- Functions that are run here.
CREATE TABLE _function (
  name        TEXT PRIMARY KEY,
  runtime     TEXT NOT NULL,              -- python3.11 | nodejs20.x | provided ...
  handler     TEXT NOT NULL,
  code        TEXT NOT NULL,              -- the folder its code is in
  timeout_ms  INTEGER NOT NULL,
  memory_mb   INTEGER NOT NULL,
  concurrency INTEGER NOT NULL,           -- so many of it run at a time
  environment TEXT NOT NULL DEFAULT '{}', -- JSON: name to value; to null: taken from the daemon's own when it is started
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What they said, the last runs of each.
CREATE TABLE _function_run (
  run_id      INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  request_id  TEXT NOT NULL,
  rule        TEXT,                       -- whose evaluation it was
  started_ms  INTEGER NOT NULL,
  took_ms     INTEGER NOT NULL,
  outcome     TEXT NOT NULL,              -- ok | or what went wrong, as Lambda calls it: Function.Timeout, Runtime.ExitError ...
  error       TEXT,
  log         TEXT                        -- the end of what it printed
) STRICT;
CREATE INDEX _function_run_of ON _function_run(name, run_id);
