-- Derived from the documents in the transaction that writes them; can be rebuilt at any time.

-- Relationship intervals [since, until), once per direction the provider reports.
CREATE TABLE _edge (
  edge_id     INTEGER PRIMARY KEY,
  rid         INTEGER NOT NULL REFERENCES _resource(rid),
  name        TEXT NOT NULL,              -- 'Is contained in Vpc'; many names end with a space, as AWS Config spells them
  target_type TEXT NOT NULL,
  target_id   TEXT NOT NULL,              -- the id of what it leads to; its name or ARN where no id is known
  target_rid  INTEGER,                    -- _resource, NULL while nothing recorded answers to it
  by          TEXT NOT NULL,              -- what link is: id | name | arn
  link        TEXT NOT NULL,              -- the value in the configuration that names the target
  ext         INTEGER NOT NULL,           -- 1: found by Siltstone, not reported by AWS Config
  since_ms    INTEGER NOT NULL,
  until_ms    INTEGER NOT NULL DEFAULT 253402300799000,
  since       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', since_ms/1000, 'unixepoch')) VIRTUAL,
  until       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch')) VIRTUAL
) STRICT;
CREATE INDEX _edge_rid ON _edge(rid, until_ms);
CREATE INDEX _edge_target ON _edge(target_id, until_ms);
CREATE INDEX _edge_target_rid ON _edge(target_rid, until_ms);
CREATE INDEX _edge_open ON _edge(by, target_type, link) WHERE target_rid IS NULL AND until_ms = 253402300799000;
CREATE INDEX _edge_now_name ON _edge(name) WHERE until_ms = 253402300799000;

-- Tag intervals [since, until).
CREATE TABLE _tag (
  tag_id      INTEGER PRIMARY KEY,
  rid         INTEGER NOT NULL REFERENCES _resource(rid),
  key         TEXT NOT NULL,
  value       TEXT NOT NULL,
  since_ms    INTEGER NOT NULL,
  until_ms    INTEGER NOT NULL DEFAULT 253402300799000,
  since       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', since_ms/1000, 'unixepoch')) VIRTUAL,
  until       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch')) VIRTUAL
) STRICT;
CREATE INDEX _tag_rid ON _tag(rid, until_ms);
CREATE INDEX _tag_key ON _tag(key, value, until_ms);

-- How many items of a type were written on a day, by what happened.
CREATE TABLE _activity (
  day         TEXT NOT NULL,              -- 'YYYY-MM-DD' of captured_ms
  type        TEXT NOT NULL,
  event       TEXT NOT NULL,              -- created | changed | deleted
  n           INTEGER NOT NULL,
  t           INTEGER GENERATED ALWAYS AS (strftime('%s', day) + 0) VIRTUAL,
  PRIMARY KEY (day, type, event)
) STRICT, WITHOUT ROWID;

-- Verdict intervals [since, until) per resource and rule: what a rule found, until it found something else.
CREATE TABLE _verdict (
  verdict_id  INTEGER PRIMARY KEY,
  rid         INTEGER NOT NULL REFERENCES _resource(rid),
  rule        TEXT NOT NULL,
  result      TEXT NOT NULL,              -- COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA
  annotation  TEXT,                       -- why
  since_ms    INTEGER NOT NULL,
  until_ms    INTEGER NOT NULL DEFAULT 253402300799000,
  since       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', since_ms/1000, 'unixepoch')) VIRTUAL,
  until       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch')) VIRTUAL,
  t           INTEGER GENERATED ALWAYS AS (since_ms/1000) VIRTUAL,
  account     TEXT,                       -- of the rule; NULL: it is none of AWS Config's
  region      TEXT,                       -- of the rule, which is not that of a resource that has none
  ordering_ms INTEGER,                    -- of what the rule judged: what is older does not overrule it
  recorded_ms INTEGER,                    -- when the result last came, also where it says the same
  invoked_ms  INTEGER                     -- when the rule was started for it
) STRICT;
CREATE INDEX _verdict_rid ON _verdict(rid, rule, until_ms);
CREATE INDEX _verdict_rule ON _verdict(rule, result, until_ms);
CREATE INDEX _verdict_of_rule ON _verdict(account, region, rule, result, rid) WHERE until_ms = 253402300799000;
CREATE INDEX _verdict_of_resource ON _verdict(account, region, rid, rule, result) WHERE until_ms = 253402300799000;
