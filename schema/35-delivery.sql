-- What is recorded and when: settings that people and the API change. One row for the recorder that people set, and
-- one for each that belongs to a service of AWS; what any of them records is recorded.
CREATE TABLE _recorder (
  name          TEXT PRIMARY KEY,         -- 'default'; 'AWSConfigurationRecorderFor...' of a service
  role_arn      TEXT,
  every_ms      INTEGER NOT NULL DEFAULT 600000, -- a sweep of every kept source so often
  recording     INTEGER NOT NULL DEFAULT 0,
  started_ms    INTEGER,                  -- last start
  stopped_ms    INTEGER,                  -- last stop
  status        TEXT,                     -- PENDING | SUCCESS | FAILURE, as AWS Config spells them; NULL before the first start
  status_ms     INTEGER,                  -- when it last changed
  error_code    TEXT,
  error         TEXT,
  next_ms       INTEGER NOT NULL DEFAULT 0, -- when the next sweep is due
  strategy      TEXT NOT NULL DEFAULT 'ALL_SUPPORTED_RESOURCE_TYPES', -- or INCLUSION_BY_RESOURCE_TYPES, EXCLUSION_BY_RESOURCE_TYPES: of those in _recorder_type
  globals       INTEGER NOT NULL DEFAULT 1, -- with all types: IAM's users, groups, roles and policies, too
  frequency     TEXT NOT NULL DEFAULT 'CONTINUOUS', -- or DAILY; of a type by itself: _recorder_override
  scope         TEXT NOT NULL DEFAULT 'PAID', -- or INTERNAL, of a service's
  principal     TEXT,                     -- the service whose it is; NULL: people's
  suffix        TEXT NOT NULL DEFAULT '', -- what its ARN ends with
  tags          TEXT NOT NULL DEFAULT '{}', -- of the recorder itself, as JSON
  own_ms        INTEGER NOT NULL DEFAULT 0 -- when the next look is due at types that have an interval of their own; 0: none has
) STRICT;

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

-- Where files go, and how that went. One row per delivery channel.
CREATE TABLE _channel (
  name            TEXT PRIMARY KEY,
  target          TEXT NOT NULL,          -- 's3://bucket' or 'dir:PATH'
  prefix          TEXT,                   -- before AWSLogs/
  kms_key         TEXT,                   -- ARN
  topic           TEXT,                   -- SNS topic for what happens; NULL: none
  frequency       TEXT,                   -- One_Hour | Three_Hours | Six_Hours | Twelve_Hours | TwentyFour_Hours; NULL: no snapshots
  endpoint        TEXT,                   -- of S3 and SNS, where it is not AWS
  region          TEXT,                   -- of the bucket; NULL: found out
  profile         TEXT,                   -- whose credentials
  history_event   INTEGER NOT NULL,       -- history up to this event is planned
  history_at_ms   INTEGER NOT NULL,       -- when history files are next due: multiples of six hours
  snapshot_at_ms  INTEGER,                -- when the next snapshot is due
  -- How the three streams are: SUCCESS | FAILURE | NOT_APPLICABLE, as DescribeDeliveryChannelStatus spells them.
  snapshot_status TEXT, snapshot_tried_ms INTEGER, snapshot_ok_ms INTEGER, snapshot_error_code TEXT, snapshot_error TEXT,
  history_status  TEXT, history_tried_ms  INTEGER, history_ok_ms  INTEGER, history_error_code  TEXT, history_error  TEXT,
  stream_status   TEXT, stream_changed_ms INTEGER,                         stream_error_code   TEXT, stream_error   TEXT
) STRICT;

-- Files that are to be delivered, and those that were: planned, leased, done.
CREATE TABLE _delivery (
  delivery_id INTEGER PRIMARY KEY,
  channel     TEXT NOT NULL REFERENCES _channel(name) ON DELETE CASCADE,
  kind        TEXT NOT NULL,              -- history | snapshot | oversized | check
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL DEFAULT '',   -- history: one file per type
  globals     INTEGER NOT NULL DEFAULT 0, -- 1: those of the account that have no region are in it, too
  due_ms      INTEGER NOT NULL,           -- the moment it is for: end of the window, moment of the snapshot
  from_event  INTEGER NOT NULL DEFAULT 0, -- history: the items of events in (from, to]; ids and not times, so that
  to_event    INTEGER NOT NULL DEFAULT 0, --   what was committed late is in exactly one file
  part        INTEGER NOT NULL DEFAULT 1, -- history: a large window is several files; a part is planned when the one
  after_item  INTEGER NOT NULL DEFAULT 0, --   before it turned out full. Its items are those behind this one (0: from the first)
  last_item   INTEGER NOT NULL DEFAULT 0, --   up to this one (0: to the last), by time of capture
  item_id     INTEGER,                    -- oversized
  snapshot_id TEXT,                       -- snapshot: its uuid
  planned_ms  INTEGER NOT NULL,
  next_ms     INTEGER NOT NULL,           -- not to be tried before
  lease_ms    INTEGER NOT NULL DEFAULT 0,
  tries       INTEGER NOT NULL DEFAULT 0,
  done_ms     INTEGER,
  key         TEXT,                       -- chosen at the first try, so that a second one writes the same object
  items       INTEGER,
  bytes       INTEGER,
  error_code  TEXT,
  error       TEXT
) STRICT;
CREATE INDEX _delivery_due ON _delivery(next_ms) WHERE done_ms IS NULL;
CREATE UNIQUE INDEX _delivery_window ON _delivery(channel, kind, account, region, type, due_ms, from_event, part, coalesce(item_id, 0), coalesce(snapshot_id, ''));

-- What happened, in order: one row per configuration item, and one per thing that is told besides.
-- Written in the transaction that made it happen; sinks read on from where they are.
CREATE TABLE _event (
  event_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms       INTEGER NOT NULL,
  kind        TEXT NOT NULL,              -- messageType of AWS Config's notifications
  item_id     INTEGER REFERENCES _item(item_id), -- of a configuration item's change
  account     TEXT,
  region      TEXT,
  payload     TEXT                        -- JSON: what the body needs beyond the item
) STRICT;
CREATE INDEX _event_item ON _event(item_id) WHERE item_id IS NOT NULL;

-- Who is told. A channel's topic is a sink too, called 'channel:NAME'.
CREATE TABLE _sink (
  name        TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,              -- sns | sqs | eventbridge | webhook | file
  target      TEXT NOT NULL,              -- topic ARN, queue URL, bus name or ARN, URL, path
  predicate   TEXT,                       -- SQL over resource_type, resource_id, name, account, region, status, kind, configuration; NULL: everything
  settings    TEXT NOT NULL DEFAULT '{}', -- JSON: endpoint, region, profile; secret_file or secret_env name where a webhook's key is, never the key
  cursor      INTEGER NOT NULL,           -- events up to here are told (or given up, see _dead)
  next_ms     INTEGER NOT NULL DEFAULT 0, -- not to be tried before
  lease_ms    INTEGER NOT NULL DEFAULT 0,
  tries       INTEGER NOT NULL DEFAULT 0, -- of the event behind the cursor
  told_ms     INTEGER,                    -- when one was last told
  error_code  TEXT,
  error       TEXT                        -- why the last try failed; NULL when it did not
) STRICT;

-- Events a sink gave up on, until somebody has them sent again.
CREATE TABLE _dead (
  dead_id     INTEGER PRIMARY KEY,
  sink        TEXT NOT NULL REFERENCES _sink(name) ON DELETE CASCADE,
  event_id    INTEGER NOT NULL REFERENCES _event(event_id),
  at_ms       INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  error_code  TEXT,
  error       TEXT NOT NULL,
  UNIQUE (sink, event_id)
) STRICT;
