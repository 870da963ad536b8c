-- Rules of AWS Config: what the API keeps of them, and what whoever evaluates them does. What they found is in _verdict,
-- under the rule's account, region and name.

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
