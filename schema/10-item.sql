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
  pruned      INTEGER NOT NULL DEFAULT 0, -- so many of its versions were removed by retention: the first that is left is pruned + 1
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
  status      TEXT NOT NULL,              -- OK | ResourceDiscovered | ResourceDeleted | ResourceNotRecorded ...
  az          TEXT,
  created_ms  INTEGER,                    -- when the resource was made, where its service tells
  actor       TEXT,                       -- who, where an event tells
  source_id   INTEGER REFERENCES _source(source_id),
  document_id INTEGER REFERENCES _document(document_id), -- NULL for deletions
  n_changes   INTEGER NOT NULL DEFAULT 0, -- rows in its _diff
  digest      BLOB NOT NULL,              -- SHA-256 over what the item says, see store/seal.h
  -- Generated columns keep a declared type through views, which some readers depend on.
  at          TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', captured_ms/1000, 'unixepoch')) STORED,
  until       TEXT GENERATED ALWAYS AS (strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch')) VIRTUAL,
  t           INTEGER GENERATED ALWAYS AS (captured_ms/1000) VIRTUAL,
  state_id    INTEGER,                    -- configurationStateId of an item from elsewhere, where it isn't captured_ms
  name        TEXT,                       -- what the resource was called then, where that is not what it is called now; '' = nothing
  arn         TEXT,                       -- likewise
  extra       TEXT,                       -- JSON: members of an item from elsewhere that are not made here (configurationItemVersion 1.2 ...)
  cause_id    INTEGER REFERENCES _cause(cause_id), -- the event that told of it
  event       TEXT GENERATED ALWAYS AS (CASE WHEN status LIKE 'ResourceDeleted%' THEN 'deleted' WHEN status = 'ResourceDiscovered' THEN 'created'
                WHEN status = 'ResourceNotRecorded' THEN 'not recorded' ELSE 'changed' END) VIRTUAL
) STRICT;
CREATE UNIQUE INDEX _item_version ON _item(rid, version);
CREATE INDEX _item_captured ON _item(rid, captured_ms, version);
CREATE INDEX _item_at ON _item(at);
CREATE INDEX _item_rid_at ON _item(rid, at);  -- what these resources did since then: eight times as fast at half a million items, for a fiftieth of the file
CREATE INDEX _item_t ON _item(t);
CREATE INDEX _item_cause ON _item(cause_id) WHERE cause_id IS NOT NULL;

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
