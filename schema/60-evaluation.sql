-- Evaluation of rules: how far it is, and what functions are to do.

-- How far rules that run when a resource changes have judged what was written: one row.
CREATE TABLE _evaluator (
  evaluator_id INTEGER PRIMARY KEY CHECK (evaluator_id = 1),
  item_id     INTEGER NOT NULL,           -- up to this item
  event_id    INTEGER NOT NULL,           -- deliveries of snapshots are heeded up to this event
  coverage_id INTEGER NOT NULL            -- that types were listed for the first time is heeded up to this look
) STRICT;
INSERT INTO _evaluator VALUES (1, 0, 0, 0);

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
