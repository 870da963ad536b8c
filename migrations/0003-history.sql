-- why: evidence, import, verdict intervals, kept queries, typed views
-- cost: rewrites the digest of every item once

ALTER TABLE _resource ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE _item ADD COLUMN state_id INTEGER;
ALTER TABLE _item ADD COLUMN name TEXT;
ALTER TABLE _item ADD COLUMN arn TEXT;
ALTER TABLE _item ADD COLUMN extra TEXT;
ALTER TABLE _item ADD COLUMN cause_id INTEGER REFERENCES _cause(cause_id);
CREATE INDEX _item_rid_at ON _item(rid, at);
ALTER TABLE _activity ADD COLUMN t INTEGER GENERATED ALWAYS AS (strftime('%s', day) + 0) VIRTUAL;
DROP INDEX _item_captured;
CREATE INDEX _item_captured ON _item(rid, captured_ms, version);

-- An item's digest covers all it says now: see seal_item_digest() in store/seal.c.
UPDATE _item SET digest = (
  SELECT sha256(netstrings('siltstone-item-1', r.account, r.region, r.type, r.id, _item.captured_ms, _item.state_id, _item.status,
           (SELECT lower(hex(d.sha256)) FROM _document d WHERE d.document_id = _item.document_id),
           _item.recorded_ms, _item.az, _item.created_ms, nullif(coalesce(_item.name, r.name), ''), nullif(coalesce(_item.arn, r.arn), ''),
           _item.actor, _item.source_id, _item.extra))
    FROM _resource r WHERE r.rid = _item.rid);

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
  t           INTEGER GENERATED ALWAYS AS (since_ms/1000) VIRTUAL
) STRICT;
CREATE INDEX _verdict_rid ON _verdict(rid, rule, until_ms);
CREATE INDEX _verdict_rule ON _verdict(rule, result, until_ms);

-- The chain of evidence: each commit seals the items it added, each seal names the one before. Nobody can
-- change, add or take away an item behind a seal without breaking the chain from there on.
CREATE TABLE _seal (
  seal_id     INTEGER PRIMARY KEY,        -- 1, 2, 3 ... without a gap
  first_item  INTEGER NOT NULL,           -- the items in [first_item, last_item] are sealed; ids never given out again
  last_item   INTEGER NOT NULL,
  n           INTEGER NOT NULL,           -- so many there were
  sealed_ms   INTEGER NOT NULL,
  items       BLOB NOT NULL,              -- SHA-256 over the items' digests, one behind the other in the order of item_id
  previous    BLOB NOT NULL,              -- digest of the seal before; 32 zero bytes for the first
  digest      BLOB NOT NULL,              -- SHA-256 over all of the above, see store/seal.h
  key_id      TEXT,                       -- whose signature: SHA-256 of the public key, in hex
  signature   BLOB                        -- Ed25519 over digest; NULL: not signed
) STRICT;

-- What retention has removed: the digests stay, so that the seals can still be checked.
CREATE TABLE _pruned (
  item_id     INTEGER PRIMARY KEY,
  digest      BLOB NOT NULL,
  pruned_ms   INTEGER NOT NULL
) STRICT;

-- How long items are kept that are no longer in force; no row: for ever.
CREATE TABLE _retention (
  name        TEXT PRIMARY KEY,           -- 'default'
  days        INTEGER NOT NULL
) STRICT;

-- Files whose items were brought in: what an interrupted import goes on with, and a later one passes over.
CREATE TABLE _import (
  name        TEXT PRIMARY KEY,           -- path or s3:// address
  stamp       TEXT NOT NULL,              -- what it was then: ETag, or size and time of change
  items       INTEGER NOT NULL,           -- read from it so far
  new_items   INTEGER NOT NULL,           -- of which were not in the store
  done_ms     INTEGER,                    -- NULL: not to its end
  error       TEXT                        -- what could not be read, and where
) STRICT;

-- Questions people keep: the view queries shows these beside the program's own.
CREATE TABLE _query (
  name        TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  sql         TEXT NOT NULL,
  chart       TEXT                        -- how it is best drawn: table | bar | line | number
) STRICT;

-- The columns of a type's own view (aws_ec2_instance): single values of its configuration.
CREATE TABLE _type_column (
  type        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  name        TEXT NOT NULL,              -- 'instance_type'
  path        TEXT NOT NULL,              -- over the configuration: '$.instanceType'
  declared    TEXT NOT NULL,              -- TEXT | INTEGER | REAL
  PRIMARY KEY (type, ord)
) STRICT, WITHOUT ROWID;

-- What made a resource change, where a change event told of it: CloudTrail's account of the call. Items
-- point here; one call may change many resources.
CREATE TABLE _cause (
  cause_id     INTEGER PRIMARY KEY,
  event_id     TEXT NOT NULL UNIQUE,      -- CloudTrail's eventID; 'sha256:...' of an event without one
  event_name   TEXT NOT NULL,             -- 'RunInstances'
  event_source TEXT NOT NULL,             -- 'ec2.amazonaws.com'
  actor        TEXT,                      -- ARN of who called, or the service that did
  source_ip    TEXT,
  user_agent   TEXT,
  at_ms        INTEGER,                   -- when it was called
  region       TEXT,
  account      TEXT,
  at           TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', at_ms/1000, 'unixepoch')) VIRTUAL
) STRICT;

-- Every sweep looks whether what links lead to has become known: each kind of link by itself.
DROP INDEX _edge_open;
CREATE INDEX _edge_open ON _edge(by, target_type, link) WHERE target_rid IS NULL AND until_ms = 253402300799000;
CREATE INDEX _item_cause ON _item(cause_id) WHERE cause_id IS NOT NULL;
