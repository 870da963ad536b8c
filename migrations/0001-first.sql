-- why: the first schema
-- cost: none, it makes an empty store

-- Private tables begin with an underscore and may change from version to version; the views of
-- 90-views.sql are what others rely on. All times are UTC; *_ms are milliseconds since 1970.

-- One row per resource that was ever seen. The same id in another region or account is another one.
CREATE TABLE _resource (
  rid         INTEGER PRIMARY KEY,        -- surrogate key, stable for ever
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,              -- 'eu-west-1', or 'global'
  type        TEXT NOT NULL,              -- 'AWS::EC2::Instance'
  id          TEXT NOT NULL,              -- 'i-0abc'
  name        TEXT,
  arn         TEXT,
  last_item   INTEGER,                    -- newest _item
  deleted     INTEGER NOT NULL DEFAULT 0,
  content     BLOB,                       -- digest of what is compared: the newest document without what the catalogue ignores
  UNIQUE (id, type, account, region)
) STRICT;
CREATE INDEX _resource_type ON _resource(type, account, region, deleted);
CREATE INDEX _resource_place ON _resource(account, region, type, id);  -- snapshots stream in this order, without a sort
CREATE INDEX _resource_name ON _resource(name, type) WHERE name IS NOT NULL;
CREATE INDEX _resource_arn ON _resource(arn) WHERE arn IS NOT NULL;

-- One row per configuration item: one version of one resource.
CREATE TABLE _item (
  item_id     INTEGER PRIMARY KEY,        -- stable key; version is a rank and may move when older history is brought in
  rid         INTEGER NOT NULL REFERENCES _resource(rid),
  version     INTEGER NOT NULL,           -- 1, 2, 3 ... in the order of captured_ms
  captured_ms INTEGER NOT NULL,           -- when the configuration was true
  recorded_ms INTEGER NOT NULL,           -- when it was written here
  until_ms    INTEGER NOT NULL DEFAULT 253402300799000, -- when the next one came; 9999-12-31 23:59:59 = still
  status      TEXT NOT NULL,              -- OK | ResourceDiscovered | ResourceDeleted ...
  az          TEXT,
  created_ms  INTEGER,                    -- when the resource was made, where its service tells
  actor       TEXT,                       -- who, where an event tells
  source_id   INTEGER REFERENCES _source(source_id),
  document_id INTEGER REFERENCES _document(document_id), -- NULL for deletions
  n_changes   INTEGER NOT NULL DEFAULT 0, -- rows in its _diff
  digest      BLOB NOT NULL,              -- SHA-256 over account, region, type, id, captured_ms, status, digest of the document; one line each
  -- Generated columns keep a declared type through views, which some readers depend on.
  at          TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', captured_ms/1000, 'unixepoch')) STORED,
  until       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch')) VIRTUAL,
  t           INTEGER GENERATED ALWAYS AS (captured_ms/1000) VIRTUAL,
  event       TEXT GENERATED ALWAYS AS (CASE WHEN status LIKE 'ResourceDeleted%' THEN 'deleted'
                WHEN status = 'ResourceDiscovered' THEN 'created' ELSE 'changed' END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX _item_version ON _item(rid, version);
CREATE INDEX _item_captured ON _item(rid, captured_ms, item_id);
CREATE INDEX _item_at ON _item(at);
CREATE INDEX _item_t ON _item(t);

-- The whole content of an item as canonical JSON: configuration, relationships,
-- supplementaryConfiguration, tags. Stored whole (base IS NULL, a keyframe) or as an RFC 7396
-- merge patch against the resource's last keyframe, which json_patch() puts together.
CREATE TABLE _document (
  document_id INTEGER PRIMARY KEY,
  base        INTEGER REFERENCES _document(document_id),
  sha256      BLOB NOT NULL,              -- of the whole document, however it is stored
  body        TEXT NOT NULL
) STRICT;

-- The property changes of an item as one JSON array of {path, op, before, after}; no row when nothing
-- was compared (creation) or nothing changed by name.
CREATE TABLE _diff (
  item_id     INTEGER PRIMARY KEY REFERENCES _item(item_id),
  changes     TEXT NOT NULL
) STRICT;

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
CREATE INDEX _edge_open ON _edge(target_type, link) WHERE target_rid IS NULL AND until_ms = 253402300799000;
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
  PRIMARY KEY (day, type, event)
) STRICT, WITHOUT ROWID;

-- Where items come from: an AWS identity, this host, a file that was imported.
CREATE TABLE _source (
  source_id   INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,              -- aws | exec
  settings    TEXT NOT NULL DEFAULT '{}', -- JSON: profile, regions, types, endpoint, role_arn ... never a secret
  kept        INTEGER NOT NULL DEFAULT 0  -- 1: added by name, part of "all"; 0: noted when it was used ad hoc
) STRICT;

-- One row per look: every attempt to list a type in a place, and how it went. Absence of
-- a resource means something only where a look was complete.
CREATE TABLE _coverage (
  coverage_id INTEGER PRIMARY KEY,
  source_id   INTEGER REFERENCES _source(source_id),
  sweep_ms    INTEGER NOT NULL,           -- when the sweep began: the looks of one sweep share it
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL,
  started_ms  INTEGER NOT NULL,
  ended_ms    INTEGER NOT NULL,
  outcome     TEXT NOT NULL,              -- complete | partial | failed
  reason      TEXT,                       -- why not complete
  code        TEXT,                       -- the service's own error code, where it gave one
  seen        INTEGER NOT NULL,           -- resources listed
  written     INTEGER NOT NULL,           -- items that came of it
  calls       INTEGER NOT NULL            -- requests sent
) STRICT;
CREATE INDEX _coverage_look ON _coverage(type, account, region, started_ms);
CREATE INDEX _coverage_sweep ON _coverage(sweep_ms);

-- What must go out: written before it goes, leased by who sends it, marked when it is out.
CREATE TABLE _outbox (
  outbox_id   INTEGER PRIMARY KEY,
  kind        TEXT NOT NULL,              -- snapshot | ...
  payload     TEXT NOT NULL,              -- JSON: what and where to
  created_ms  INTEGER NOT NULL,
  next_ms     INTEGER NOT NULL,           -- not to be tried before
  lease_ms    INTEGER NOT NULL DEFAULT 0, -- somebody works on it until then
  tries       INTEGER NOT NULL DEFAULT 0,
  done_ms     INTEGER,
  result      TEXT,                       -- where it went
  error       TEXT                        -- why the last try failed
) STRICT;
CREATE INDEX _outbox_due ON _outbox(next_ms) WHERE done_ms IS NULL;

-- Which migrations made this file what it is.
CREATE TABLE _migration (
  number      INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  applied_ms  INTEGER NOT NULL,
  program     TEXT NOT NULL               -- version of the program that applied it
) STRICT;

-- What resource types look like. The authored form is JSON, one document per service; inserting
-- a document shreds it into the tables below. The program's own documents come with it; anybody may
-- add or override a type with INSERT INTO _catalogue(name, origin, doc) VALUES ('mine', 'user', '[...]').
CREATE TABLE _catalogue (
  name        TEXT PRIMARY KEY,           -- 'ec2'
  origin      TEXT NOT NULL DEFAULT 'user', -- program | user
  doc         TEXT NOT NULL               -- JSON array of types
) STRICT;

CREATE TABLE _type (
  type        TEXT PRIMARY KEY,
  catalogue   TEXT NOT NULL,              -- the document it comes from
  engine      TEXT NOT NULL,              -- native | cloudcontrol | exec ...
  service     TEXT,
  scope       TEXT,                       -- regional | global | global-list | host
  doc         TEXT NOT NULL               -- the entry as authored, for the engine
) STRICT, WITHOUT ROWID;

-- The calls that make an item: list, get, step, getstep, supp.
CREATE TABLE _type_call (
  type        TEXT NOT NULL,
  role        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  part        TEXT,                       -- name of the supplementary part
  service     TEXT,
  op          TEXT,
  PRIMARY KEY (type, role, ord)
) STRICT, WITHOUT ROWID;

-- Where in a configuration another resource is named.
CREATE TABLE _type_relation (
  type        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  name        TEXT NOT NULL,
  target      TEXT NOT NULL,
  src         TEXT NOT NULL,              -- supplementary part, or '' for the configuration
  path        TEXT NOT NULL,              -- over the configuration or, with src, over all parts
  by          TEXT NOT NULL,              -- id | name | arn
  match       TEXT,                       -- LIKE pattern the value must have; {account} is put in
  split       TEXT,                       -- the value is a list, split here
  json        TEXT,                       -- the value is JSON text, look there
  emit        TEXT,                       -- name: AWS Config gives only the name
  ripple      INTEGER NOT NULL,
  ext         INTEGER NOT NULL,
  PRIMARY KEY (type, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX _type_relation_path ON _type_relation(type, src, path);

-- Relationships shown on a type but named on the other side. (Key columns come first in every
-- WITHOUT ROWID table: integrity_check of SQLite 3.40 takes others before them for NULL.)
CREATE TABLE _type_inverse (
  type        TEXT NOT NULL,
  from_type   TEXT NOT NULL,
  from_name   TEXT NOT NULL,
  name        TEXT NOT NULL,
  PRIMARY KEY (type, from_type, from_name)
) STRICT, WITHOUT ROWID;

-- Which change events name a resource of the type, and where.
CREATE TABLE _type_event (
  source      TEXT NOT NULL,
  event       TEXT NOT NULL,
  type        TEXT NOT NULL,
  path        TEXT NOT NULL,
  by          TEXT NOT NULL,
  match       TEXT,
  strip       TEXT,
  PRIMARY KEY (source, event, type, path)
) STRICT, WITHOUT ROWID;

-- Paths over the document: ignore (left out when comparing), sort (order means nothing).
CREATE TABLE _type_path (
  type        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  path        TEXT NOT NULL,
  PRIMARY KEY (type, kind, path)
) STRICT, WITHOUT ROWID;

-- The permissions that recording a type takes.
CREATE TABLE _type_iam (
  type        TEXT NOT NULL,
  action      TEXT NOT NULL,
  PRIMARY KEY (type, action)
) STRICT, WITHOUT ROWID;
