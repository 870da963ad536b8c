-- A store as schema 2 wrote it: that of v1.sql, and a channel into a folder with two delivered snapshots, a file that was told
-- of every event, a webhook that could not be reached, and a recorder. The catalogue is left out, as there. Made with .dump;
-- the paths are not those it was made with, and the two pragmas of its header are added at the end.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
INSERT INTO _resource VALUES(1,'123456789012','eu-west-1','AWS::EC2::Instance','i-0a1','web-1','arn:aws:test:eu-west-1:123456789012:i-0a1',6,0,X'605b40b62ccca410642501595d9f50a17bf8dffbb0b57270aeaaebcb2501cab6');
INSERT INTO _resource VALUES(2,'123456789012','eu-west-1','AWS::EC2::Instance','i-0a2','web-2','arn:aws:test:eu-west-1:123456789012:i-0a2',7,1,NULL);
INSERT INTO _resource VALUES(3,'123456789012','eu-west-1','AWS::EC2::Subnet','subnet-1',NULL,'arn:aws:test:eu-west-1:123456789012:subnet-1',3,0,X'492b5ad95f4eed15bf91f215edf82f6976ca6a8812cf302c4e814904eb9d5cb3');
INSERT INTO _resource VALUES(4,'123456789012','us-east-1','AWS::S3::Bucket','logs','logs','arn:aws:test:us-east-1:123456789012:logs',5,0,X'a6ceda879118eb3057248c32e0a03d452afa100649379b7e62e10947e1fef3c8');
INSERT INTO _resource VALUES(5,'123456789012','eu-west-1','AWS::EC2::Instance','i-0b3','web-3','arn:aws:test:eu-west-1:123456789012:i-0b3',8,0,X'f7e01d46ef1e2f2467b5e953dddfb54619023cb0c9ed150a12dfe8788a7119b3');
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
INSERT INTO _item VALUES(1,1,1,1790841600250,1790841601000,1790928000250,'ResourceDiscovered',NULL,NULL,NULL,1,1,0,X'dc341bb5f36c941691736981ff135dfdae571f5fbfbd6d1bc6d1a807f6c0ac66');
INSERT INTO _item VALUES(2,2,1,1790841600250,1790841601000,1791014400250,'ResourceDiscovered',NULL,NULL,NULL,1,2,0,X'20c8d25dd471344156938fbe807c9cefac405162602dfa761e10b03c6f3b2f67');
INSERT INTO _item VALUES(3,3,1,1790841600250,1790841601000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,3,0,X'2f6ddcf3bdc83c72d7b2876dfd6eea3704b6ee9b3279039d6a566a88804bb3fd');
INSERT INTO _item VALUES(4,1,2,1790928000250,1790928001000,1791014400250,'OK',NULL,NULL,NULL,1,4,1,X'9dac31f2a30c6ea79749850ca35ab6839430b30491bdc5c5449df31c3b350b88');
INSERT INTO _item VALUES(5,4,1,1790928000250,1790928001000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,5,0,X'cfe56b514a5b6dba0c329bfa2035af48c651c280a66f2063dc2c1eae4eebae13');
INSERT INTO _item VALUES(6,1,3,1791014400250,1791014401000,253402300799000,'OK',NULL,NULL,NULL,1,6,3,X'8f8098d9d9d5d7d55d91b017717c4efe7817c3d0a42fc0d30815c3598c43570e');
INSERT INTO _item VALUES(7,2,2,1791014400250,1791014401000,253402300799000,'ResourceDeleted',NULL,NULL,NULL,1,NULL,0,X'687d531ab2d35106efc842982f1d121233b86e6b90db2c694b5a2d537a11209e');
INSERT INTO _item VALUES(8,5,1,1791100800250,1791100801000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,7,0,X'a6ae20ba5ad24df6afd35ff804bf55062ec853ec9790f97d5a15239b150ec5e9');
CREATE TABLE _document (
  document_id INTEGER PRIMARY KEY,
  base        INTEGER REFERENCES _document(document_id),
  sha256      BLOB NOT NULL,              -- of the whole document, however it is stored
  body        TEXT NOT NULL
) STRICT;
INSERT INTO _document VALUES(1,NULL,X'6f9c84140ab6700bb281ee15bf609c31ea93285623c05125400d31e5a2657c60','{"configuration":{"instanceType":"t3.micro","state":{"name":"running"},"subnetId":"subnet-1"},"relationships":[{"name":"Is contained in Subnet","resourceId":"subnet-1","resourceType":"AWS::EC2::Subnet"}],"supplementaryConfiguration":{},"tags":{"Name":"web-1","Owner":"platform"}}');
INSERT INTO _document VALUES(2,NULL,X'f549b7850e7f6e9c641f50cfc5d08d59847fecd863e4a4a687497b1cf7b0a9d3','{"configuration":{"instanceType":"t3.micro","state":{"name":"running"},"subnetId":"subnet-1"},"relationships":[{"name":"Is contained in Subnet","resourceId":"subnet-1","resourceType":"AWS::EC2::Subnet"}],"supplementaryConfiguration":{},"tags":{"Name":"web-2"}}');
INSERT INTO _document VALUES(3,NULL,X'492b5ad95f4eed15bf91f215edf82f6976ca6a8812cf302c4e814904eb9d5cb3','{"configuration":{"cidrBlock":"10.0.1.0/24","subnetId":"subnet-1"},"relationships":[{"name":"Contains Instance","resourceId":"i-0a1","resourceType":"AWS::EC2::Instance"},{"name":"Contains Instance","resourceId":"i-0a2","resourceType":"AWS::EC2::Instance"}],"supplementaryConfiguration":{},"tags":{}}');
INSERT INTO _document VALUES(4,1,X'3195521c14ac57eb836e3d5e59fb5565fe04bb966f0ddb403423ab6acaa5facb','{"configuration":{"instanceType":"t3.large"}}');
INSERT INTO _document VALUES(5,NULL,X'a6ceda879118eb3057248c32e0a03d452afa100649379b7e62e10947e1fef3c8','{"configuration":{"name":"logs","owner":"Zoë \"Z\" Müller, Ltd"},"relationships":[],"supplementaryConfiguration":{},"tags":{}}');
INSERT INTO _document VALUES(6,1,X'605b40b62ccca410642501595d9f50a17bf8dffbb0b57270aeaaebcb2501cab6','{"configuration":{"instanceType":"t3.large","state":{"name":"stopped"}},"tags":{"Owner":"search","Team":"a"}}');
INSERT INTO _document VALUES(7,NULL,X'f7e01d46ef1e2f2467b5e953dddfb54619023cb0c9ed150a12dfe8788a7119b3','{"configuration":{"instanceType":"t3.micro","state":{"name":"running"},"subnetId":"subnet-1"},"relationships":[{"name":"Is contained in Subnet","resourceId":"subnet-1","resourceType":"AWS::EC2::Subnet"}],"supplementaryConfiguration":{},"tags":{"Name":"web-3","note":"a\u001b[31mred\nline"}}');
CREATE TABLE _diff (
  item_id     INTEGER PRIMARY KEY REFERENCES _item(item_id),
  changes     TEXT NOT NULL
) STRICT;
INSERT INTO _diff VALUES(4,'[{"path":"configuration.instanceType","op":"change","before":"t3.micro","after":"t3.large"}]');
INSERT INTO _diff VALUES(6,'[{"path":"configuration.state.name","op":"change","before":"running","after":"stopped"},{"path":"tags.Owner","op":"change","before":"platform","after":"search"},{"path":"tags.Team","op":"add","after":"a"}]');
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
INSERT INTO _edge VALUES(1,1,'Is contained in Subnet','AWS::EC2::Subnet','subnet-1',3,'id','subnet-1',0,1790841600250,253402300799000);
INSERT INTO _edge VALUES(2,2,'Is contained in Subnet','AWS::EC2::Subnet','subnet-1',3,'id','subnet-1',0,1790841600250,1791014400250);
INSERT INTO _edge VALUES(3,5,'Is contained in Subnet','AWS::EC2::Subnet','subnet-1',3,'id','subnet-1',0,1791100800250,253402300799000);
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
INSERT INTO _tag VALUES(1,1,'Name','web-1',1790841600250,253402300799000);
INSERT INTO _tag VALUES(2,1,'Owner','platform',1790841600250,1791014400250);
INSERT INTO _tag VALUES(3,2,'Name','web-2',1790841600250,1791014400250);
INSERT INTO _tag VALUES(4,1,'Owner','search',1791014400250,253402300799000);
INSERT INTO _tag VALUES(5,1,'Team','a',1791014400250,253402300799000);
INSERT INTO _tag VALUES(6,5,'Name','web-3',1791100800250,253402300799000);
INSERT INTO _tag VALUES(7,5,'note',replace('a[31mred\nline','\n',char(10)),1791100800250,253402300799000);
CREATE TABLE _activity (
  day         TEXT NOT NULL,              -- 'YYYY-MM-DD' of captured_ms
  type        TEXT NOT NULL,
  event       TEXT NOT NULL,              -- created | changed | deleted
  n           INTEGER NOT NULL,
  PRIMARY KEY (day, type, event)
) STRICT, WITHOUT ROWID;
INSERT INTO _activity VALUES('2026-10-01','AWS::EC2::Instance','created',2);
INSERT INTO _activity VALUES('2026-10-01','AWS::EC2::Subnet','created',1);
INSERT INTO _activity VALUES('2026-10-02','AWS::EC2::Instance','changed',1);
INSERT INTO _activity VALUES('2026-10-02','AWS::S3::Bucket','created',1);
INSERT INTO _activity VALUES('2026-10-03','AWS::EC2::Instance','changed',1);
INSERT INTO _activity VALUES('2026-10-03','AWS::EC2::Instance','deleted',1);
INSERT INTO _activity VALUES('2026-10-04','AWS::EC2::Instance','created',1);
CREATE TABLE _source (
  source_id   INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,              -- aws | exec
  settings    TEXT NOT NULL DEFAULT '{}', -- JSON: profile, regions, types, endpoint, role_arn ... never a secret
  kept        INTEGER NOT NULL DEFAULT 0  -- 1: added by name, part of "all"; 0: noted when it was used ad hoc
) STRICT;
INSERT INTO _source VALUES(1,'prod','aws','{"profile":"prod"}',1);
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
INSERT INTO _coverage VALUES(1,1,1790841600000,'123456789012','eu-west-1','AWS::EC2::Instance',1790841600000,1790841600500,'complete',NULL,NULL,2,2,1);
INSERT INTO _coverage VALUES(2,1,1790928000000,'123456789012','eu-west-1','AWS::EC2::Instance',1790928000000,1790928000500,'complete',NULL,NULL,2,1,1);
INSERT INTO _coverage VALUES(3,1,1791014400000,'123456789012','eu-west-1','AWS::EC2::Instance',1791014400000,1791014400500,'complete',NULL,NULL,2,2,1);
INSERT INTO _coverage VALUES(4,1,1791014400000,'123456789012','eu-west-1','AWS::EC2::Volume',1791014400000,1791014400500,'failed','not authorized','AccessDenied',0,0,1);
INSERT INTO _coverage VALUES(5,1,1791100800000,'123456789012','eu-west-1','AWS::EC2::Instance',1791100800000,1791100800500,'complete',NULL,NULL,2,1,1);
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
CREATE TABLE _migration (
  number      INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  sha256      TEXT NOT NULL,
  applied_ms  INTEGER NOT NULL,
  program     TEXT NOT NULL               -- version of the program that applied it
) STRICT;
INSERT INTO _migration VALUES(1,'0001-first.sql','d1ef24139929b144bac9d8180f4868d01fe281bb5f51e0f001adc7fa54c1e7c4',1759305600000,'0.1.0');
INSERT INTO _migration VALUES(2,'0002-delivery.sql','4fcb8839a50ea44b6e46b9931d28871c55200190ce8ea48fbf37269342f224e9',1759305600000,'0.1.0');
CREATE TABLE _recorder (
  name          TEXT PRIMARY KEY,         -- 'default'
  role_arn      TEXT,
  types         TEXT,                     -- comma-separated globs; NULL: every type of the catalogue
  every_ms      INTEGER NOT NULL DEFAULT 600000, -- a sweep of every kept source so often
  recording     INTEGER NOT NULL DEFAULT 0,
  started_ms    INTEGER,                  -- last start
  stopped_ms    INTEGER,                  -- last stop
  status        TEXT,                     -- PENDING | SUCCESS | FAILURE, as AWS Config spells them; NULL before the first start
  status_ms     INTEGER,                  -- when it last changed
  error_code    TEXT,
  error         TEXT,
  next_ms       INTEGER NOT NULL DEFAULT 0 -- when the next sweep is due
) STRICT;
INSERT INTO _recorder VALUES('default',NULL,'AWS::EC2::*',600000,0,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
INSERT INTO _channel VALUES('main','dir:/srv/siltstone/files',NULL,NULL,NULL,'TwentyFour_Hours',NULL,NULL,NULL,12,1791223200000,1791244800000,'SUCCESS',1791187200015,1791187200015,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'NOT_APPLICABLE',1791187200000,NULL,NULL);
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
INSERT INTO _delivery VALUES(1,'main','snapshot','123456789012','eu-west-1','',0,1791187200000,0,0,1,0,0,NULL,'33ba3277-81cd-4dab-b9bb-af2de9fbf2cb',1791187200000,1791187200000,0,1,1791187200007,'AWSLogs/123456789012/Config/eu-west-1/2026/10/5/ConfigSnapshot/123456789012_Config_eu-west-1_ConfigSnapshot_20261005T080000Z_33ba3277-81cd-4dab-b9bb-af2de9fbf2cb.json.gz',3,571,NULL,NULL);
INSERT INTO _delivery VALUES(2,'main','snapshot','123456789012','us-east-1','',0,1791187200000,0,0,1,0,0,NULL,'ad307370-c4ec-4418-a3be-7a734e2b7e05',1791187200000,1791187200000,0,1,1791187200015,'AWSLogs/123456789012/Config/us-east-1/2026/10/5/ConfigSnapshot/123456789012_Config_us-east-1_ConfigSnapshot_20261005T080000Z_ad307370-c4ec-4418-a3be-7a734e2b7e05.json.gz',1,376,NULL,NULL);
INSERT INTO _delivery VALUES(3,'main','check','123456789012','','',0,1791187200000,0,0,1,0,0,NULL,NULL,1791187200000,1791187200000,0,1,1791187200017,'AWSLogs/123456789012/Config/ConfigWritabilityCheckFile',0,0,NULL,NULL);
CREATE TABLE _event (
  event_id    INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms       INTEGER NOT NULL,
  kind        TEXT NOT NULL,              -- messageType of AWS Config's notifications
  item_id     INTEGER REFERENCES _item(item_id), -- of a configuration item's change
  account     TEXT,
  region      TEXT,
  payload     TEXT                        -- JSON: what the body needs beyond the item
) STRICT;
INSERT INTO _event VALUES(1,1790841601000,'ConfigurationItemChangeNotification',1,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(2,1790841601000,'ConfigurationItemChangeNotification',2,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(3,1790841601000,'ConfigurationItemChangeNotification',3,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(4,1790928001000,'ConfigurationItemChangeNotification',4,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(5,1790928001000,'ConfigurationItemChangeNotification',5,'123456789012','us-east-1',NULL);
INSERT INTO _event VALUES(6,1791014401000,'ConfigurationItemChangeNotification',6,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(7,1791014401000,'ConfigurationItemChangeNotification',7,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(8,1791100801000,'ConfigurationItemChangeNotification',8,'123456789012','eu-west-1',NULL);
INSERT INTO _event VALUES(9,1791187200002,'ConfigurationSnapshotDeliveryStarted',NULL,'123456789012','eu-west-1','{"configSnapshotId":"33ba3277-81cd-4dab-b9bb-af2de9fbf2cb"}');
INSERT INTO _event VALUES(10,1791187200007,'ConfigurationSnapshotDeliveryCompleted',NULL,'123456789012','eu-west-1','{"configSnapshotId":"33ba3277-81cd-4dab-b9bb-af2de9fbf2cb","s3ObjectKey":"AWSLogs/123456789012/Config/eu-west-1/2026/10/5/ConfigSnapshot/123456789012_Config_eu-west-1_ConfigSnapshot_20261005T080000Z_33ba3277-81cd-4dab-b9bb-af2de9fbf2cb.json.gz","s3Bucket":"dir:/srv/siltstone/files"}');
INSERT INTO _event VALUES(11,1791187200011,'ConfigurationSnapshotDeliveryStarted',NULL,'123456789012','us-east-1','{"configSnapshotId":"ad307370-c4ec-4418-a3be-7a734e2b7e05"}');
INSERT INTO _event VALUES(12,1791187200015,'ConfigurationSnapshotDeliveryCompleted',NULL,'123456789012','us-east-1','{"configSnapshotId":"ad307370-c4ec-4418-a3be-7a734e2b7e05","s3ObjectKey":"AWSLogs/123456789012/Config/us-east-1/2026/10/5/ConfigSnapshot/123456789012_Config_us-east-1_ConfigSnapshot_20261005T080000Z_ad307370-c4ec-4418-a3be-7a734e2b7e05.json.gz","s3Bucket":"dir:/srv/siltstone/files"}');
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
INSERT INTO _sink VALUES('log','file','/srv/siltstone/log.jsonl',NULL,'{}',12,0,0,0,1795424893552,NULL,NULL);
INSERT INTO _sink VALUES('later','webhook','https://hooks.example.com/x',NULL,'{}',8,1795424923513,0,1,NULL,'REMOTE','could not resolve "hooks.example.com": Could not resolve host: hooks.example.com');
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
CREATE TABLE _seed (
  kind        TEXT NOT NULL,              -- recorder | source | channel | sink
  name        TEXT NOT NULL,
  said        TEXT NOT NULL,              -- the row's settings, one line each
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE _type_call (
  type        TEXT NOT NULL,
  role        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  part        TEXT,                       -- name of the supplementary part
  service     TEXT,
  op          TEXT,
  PRIMARY KEY (type, role, ord)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE _type_inverse (
  type        TEXT NOT NULL,
  from_type   TEXT NOT NULL,
  from_name   TEXT NOT NULL,
  name        TEXT NOT NULL,
  PRIMARY KEY (type, from_type, from_name)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE _type_path (
  type        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  path        TEXT NOT NULL,
  PRIMARY KEY (type, kind, path)
) STRICT, WITHOUT ROWID;
CREATE TABLE _type_iam (
  type        TEXT NOT NULL,
  action      TEXT NOT NULL,
  PRIMARY KEY (type, action)
) STRICT, WITHOUT ROWID;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('_event',12);
CREATE INDEX _resource_type ON _resource(type, account, region, deleted);
CREATE INDEX _resource_place ON _resource(account, region, type, id);
CREATE INDEX _resource_name ON _resource(name, type) WHERE name IS NOT NULL;
CREATE INDEX _resource_arn ON _resource(arn) WHERE arn IS NOT NULL;
CREATE UNIQUE INDEX _item_version ON _item(rid, version);
CREATE INDEX _item_captured ON _item(rid, captured_ms, item_id);
CREATE INDEX _item_at ON _item(at);
CREATE INDEX _item_t ON _item(t);
CREATE INDEX _edge_rid ON _edge(rid, until_ms);
CREATE INDEX _edge_target ON _edge(target_id, until_ms);
CREATE INDEX _edge_target_rid ON _edge(target_rid, until_ms);
CREATE INDEX _edge_open ON _edge(target_type, link) WHERE target_rid IS NULL AND until_ms = 253402300799000;
CREATE INDEX _edge_now_name ON _edge(name) WHERE until_ms = 253402300799000;
CREATE INDEX _tag_rid ON _tag(rid, until_ms);
CREATE INDEX _tag_key ON _tag(key, value, until_ms);
CREATE INDEX _coverage_look ON _coverage(type, account, region, started_ms);
CREATE INDEX _coverage_sweep ON _coverage(sweep_ms);
CREATE INDEX _outbox_due ON _outbox(next_ms) WHERE done_ms IS NULL;
CREATE INDEX _delivery_due ON _delivery(next_ms) WHERE done_ms IS NULL;
CREATE UNIQUE INDEX _delivery_window ON _delivery(channel, kind, account, region, type, due_ms, from_event, part, coalesce(item_id, 0), coalesce(snapshot_id, ''));
CREATE INDEX _event_item ON _event(item_id) WHERE item_id IS NOT NULL;
CREATE INDEX _type_relation_path ON _type_relation(type, src, path);
CREATE TRIGGER _catalogue_shred AFTER INSERT ON _catalogue BEGIN
  DELETE FROM _type_call WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_relation WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_inverse WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_event WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_path WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  DELETE FROM _type_iam WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  INSERT OR REPLACE INTO _type
    SELECT json_extract(j, '$.type'), new.name, json_extract(j, '$.engine'), json_extract(j, '$.service'), json_extract(j, '$.scope'), j
      FROM (SELECT value AS j FROM json_each(new.doc));
  INSERT INTO _type_call
    SELECT json_extract(t.value, '$.type'), 'list', 0, NULL, coalesce(json_extract(t.value, '$.list.service'), json_extract(t.value, '$.service')), json_extract(t.value, '$.list.op')
      FROM json_each(new.doc) t WHERE json_type(t.value, '$.list') IS NOT NULL
    UNION ALL SELECT json_extract(t.value, '$.type'), 'get', 0, NULL, json_extract(t.value, '$.service'), json_extract(t.value, '$.get.op')
      FROM json_each(new.doc) t WHERE json_type(t.value, '$.get.op') IS NOT NULL
    UNION ALL SELECT json_extract(t.value, '$.type'), 'step', s.key, NULL, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.steps') s
    UNION ALL SELECT json_extract(t.value, '$.type'), 'getstep', s.key, NULL, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.get_steps') s
    UNION ALL SELECT json_extract(t.value, '$.type'), 'supp', row_number() OVER (PARTITION BY t.key ORDER BY s.id), s.key, json_extract(t.value, '$.service'), json_extract(s.value, '$.op')
      FROM json_each(new.doc) t, json_each(t.value, '$.supplementary') s;
  INSERT INTO _type_relation
    SELECT json_extract(t.value, '$.type'), r.key, json_extract(r.value, '$.name'), json_extract(r.value, '$.to'),
           coalesce(json_extract(r.value, '$.src'), ''),
           CASE WHEN json_extract(r.value, '$.src') IS NULL THEN json_extract(r.value, '$.path')
                ELSE '$.' || json_extract(r.value, '$.src') || substr(json_extract(r.value, '$.path'), 2) END,
           coalesce(json_extract(r.value, '$.by'), 'id'), json_extract(r.value, '$.like'), json_extract(r.value, '$.split'),
           json_extract(r.value, '$.json'), json_extract(r.value, '$.emit'),
           coalesce(json_extract(r.value, '$.ripple'), 0), coalesce(json_extract(r.value, '$.ext'), 0)
      FROM json_each(new.doc) t, json_each(t.value, '$.relations') r;
  INSERT INTO _type_inverse(type, name, from_type, from_name)
    SELECT json_extract(t.value, '$.type'), json_extract(r.value, '$.name'), json_extract(r.value, '$.from'), json_extract(r.value, '$.of')
      FROM json_each(new.doc) t, json_each(t.value, '$.inverse') r;
  INSERT OR REPLACE INTO _type_event
    SELECT json_extract(e.value, '$.source'), n.value, json_extract(t.value, '$.type'),
           coalesce(json_extract(e.value, '$.ids'), json_extract(e.value, '$.names_path'), json_extract(e.value, '$.arns')),
           CASE WHEN json_extract(e.value, '$.ids') IS NOT NULL THEN 'id' WHEN json_extract(e.value, '$.arns') IS NOT NULL THEN 'arn' ELSE 'name' END,
           json_extract(e.value, '$.like'), json_extract(e.value, '$.strip')
      FROM json_each(new.doc) t, json_each(t.value, '$.events') e, json_each(e.value, '$.names') n;
  INSERT OR REPLACE INTO _type_path
    SELECT json_extract(t.value, '$.type'), k.kind, '$.configuration' || substr(p.value, 2)
      FROM json_each(new.doc) t, (SELECT 'ignore' AS kind UNION ALL SELECT 'sort') k, json_each(t.value, '$.' || k.kind) p
    UNION ALL
    SELECT json_extract(t.value, '$.type'), 'ignore', '$.supplementaryConfiguration.' || s.key || substr(p.value, 2)
      FROM json_each(new.doc) t, json_each(t.value, '$.supplementary') s, json_each(s.value, '$.ignore') p;
  INSERT OR REPLACE INTO _type_iam
    SELECT json_extract(t.value, '$.type'), p.value FROM json_each(new.doc) t, json_each(t.value, '$.iam') p;
END;
CREATE TRIGGER _catalogue_forget AFTER DELETE ON _catalogue BEGIN
  DELETE FROM _type_call WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_relation WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_inverse WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_event WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_path WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type_iam WHERE type IN (SELECT type FROM _type WHERE catalogue = old.name);
  DELETE FROM _type WHERE catalogue = old.name;
END;
CREATE VIEW resources AS
  -- What exists now: one row per live resource. JSON is kept out of the way:
  -- add NATURAL JOIN configs when you need it.
SELECT r.rid,                    -- join key shared by every view
       r.type AS resource_type,  -- 'AWS::EC2::Instance'
       r.id   AS resource_id,    -- 'i-0abc'
       r.name,                   -- the resource's own name, where it has one
       r.account, r.region,
       i.az,                     -- availability zone
       i.version,                -- newest version number (1 = first seen)
       i.at,                     -- when that version was captured, 'YYYY-MM-DD HH:MM:SS' UTC
       i.t,                      -- the same as epoch seconds
       i.actor,                  -- who, where an event tells
       r.arn
  FROM _resource r JOIN _item i ON i.item_id = r.last_item
 WHERE r.deleted = 0
;
CREATE VIEW resources_at AS
  -- What existed at a moment. The moment is a plain equality, and it is a number:
  --   SELECT * FROM resources_at WHERE t = strftime('%s', '2026-11-20 14:00') + 0;
  -- A second means its end, so that all that is shown with that time counts; a millisecond is exact.
SELECT j.json AS t,              -- REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows
       r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.az, i.version,
       i.at,                     -- when the version then in force was captured
       i.until,                  -- when it was superseded
       i.actor, r.arn
  FROM json_each AS j
  JOIN _resource r
  JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x
                                WHERE x.rid = r.rid
                                  AND x.captured_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
                                ORDER BY x.captured_ms DESC, x.item_id DESC LIMIT 1)
 WHERE i.status NOT LIKE 'ResourceDeleted%'
;
CREATE VIEW history AS
  -- Every version of every resource: one row per configuration item.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.version,
       i.event,                  -- created | changed | deleted
       i.n_changes,              -- how many properties changed
       i.at,                     -- in force from (inclusive)
       i.until,                  -- in force until (exclusive)
       i.t, i.actor, i.status, r.arn
  FROM _item i JOIN _resource r ON r.rid = i.rid
;
CREATE VIEW configs AS
  -- The JSON of every version. Use it with NATURAL JOIN:
  --   SELECT resource_id, json_extract(configuration, '$.instanceType') FROM resources NATURAL JOIN configs
  --    WHERE resource_type = 'AWS::EC2::Instance';
  -- Works the same with resources_at and history.
SELECT i.rid, i.version,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.configuration') AS configuration,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.supplementaryConfiguration') AS supplementary,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.tags') AS tags_json
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base
;
CREATE VIEW changes AS
  -- One row per property that changed. "What changed yesterday":
  --   SELECT at, resource_id, property, before, after FROM changes
  --    WHERE at BETWEEN date('now', '-1 day') AND date('now');
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.version,                -- the version that brought the change
       i.at, i.t,
       json_extract(c.value, '$.op') AS op,           -- add | change | remove
       json_extract(c.value, '$.path') AS property,   -- 'configuration.instanceType'
       json_extract(c.value, '$.before') AS before,   -- text, number, or JSON text of an object or list
       json_extract(c.value, '$.after') AS after,
       i.actor
  FROM _item i JOIN _resource r ON r.rid = i.rid JOIN _diff d ON d.item_id = i.item_id, json_each(d.changes) c
;
CREATE VIEW relationships AS
  -- Links that hold now, stored once per direction the provider reports.
SELECT e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since
  FROM _edge e JOIN _resource r ON r.rid = e.rid
 WHERE e.until_ms = 253402300799000
;
CREATE VIEW relationships_at AS
  -- Links that held at a moment: WHERE t = strftime('%s', '2026-11-20 14:00') + 0 AND target_id = 'sg-1'
SELECT j.json AS t, e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since, e.until
  FROM json_each AS j JOIN _edge e JOIN _resource r ON r.rid = e.rid
 WHERE e.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND e.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
;
CREATE VIEW relationship_history AS
  -- Every link with the interval [since, until) in which it held.
SELECT e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since, e.until
  FROM _edge e JOIN _resource r ON r.rid = e.rid
;
CREATE VIEW tags AS
  -- Tags that hold now: one row per key.
SELECT g.rid, r.type AS resource_type, r.id AS resource_id, r.name, g.key, g.value, g.since
  FROM _tag g JOIN _resource r ON r.rid = g.rid
 WHERE g.until_ms = 253402300799000
;
CREATE VIEW tags_at AS
  -- Tags that held at a moment: WHERE t = ...
SELECT j.json AS t, g.rid, r.type AS resource_type, r.id AS resource_id, r.name, g.key, g.value, g.since, g.until
  FROM json_each AS j JOIN _tag g JOIN _resource r ON r.rid = g.rid
 WHERE g.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND g.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
;
CREATE VIEW _item_document AS
SELECT i.item_id, i.rid, i.version,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base;
CREATE VIEW _item_file AS
SELECT x.item_id,
       '{"relatedEvents":[],"relationships":['
       || coalesce((SELECT group_concat('{'
                || CASE WHEN json_extract(l.value, '$.resourceId') IS NULL THEN '' ELSE '"resourceId":' || json_quote(json_extract(l.value, '$.resourceId')) || ',' END
                || CASE WHEN json_extract(l.value, '$.resourceName') IS NULL THEN '' ELSE '"resourceName":' || json_quote(json_extract(l.value, '$.resourceName')) || ',' END
                || '"resourceType":' || json_quote(json_extract(l.value, '$.resourceType'))
                || ',"name":' || json_quote(json_extract(l.value, '$.name')) || '}', ',')
              FROM json_each(x.document, '$.relationships') l), '')
       || ']'
       || CASE WHEN x.document_id IS NULL THEN '' ELSE ',"configuration":' || json_extract(x.document, '$.configuration') END
       || ',"supplementaryConfiguration":' || coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}')
       || ',"tags":' || coalesce(json_extract(x.document, '$.tags'), '{}')
       || ',"configurationItemVersion":"1.3","configurationItemCaptureTime":"'
       || strftime('%Y-%m-%dT%H:%M:%S', x.captured_ms/1000, 'unixepoch') || printf('.%03dZ', x.captured_ms % 1000)
       || '","configurationStateId":' || x.captured_ms
       || ',"awsAccountId":' || json_quote(x.account)
       || ',"configurationItemStatus":' || json_quote(x.status)
       || ',"resourceType":' || json_quote(x.type)
       || ',"resourceId":' || json_quote(x.id)
       || CASE WHEN x.name IS NULL THEN '' ELSE ',"resourceName":' || json_quote(x.name) END
       || CASE WHEN x.arn IS NULL THEN '' ELSE ',"ARN":' || json_quote(x.arn) END
       || ',"awsRegion":' || json_quote(x.region)
       || CASE WHEN x.az IS NULL OR x.document_id IS NULL THEN '' ELSE ',"availabilityZone":' || json_quote(x.az) END
       || ',"configurationStateMd5Hash":""'
       || CASE WHEN x.created_ms IS NULL OR x.document_id IS NULL THEN '' ELSE ',"resourceCreationTime":"'
            || strftime('%Y-%m-%dT%H:%M:%S', x.created_ms/1000, 'unixepoch') || printf('.%03dZ', x.created_ms % 1000) || '"' END
       || '}' AS body
  FROM (SELECT i.item_id, i.captured_ms, i.status, i.az, i.created_ms, i.document_id,
               r.account, r.region, r.type, r.id, r.name, r.arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _item i JOIN _resource r ON r.rid = i.rid
          LEFT JOIN _document d ON d.document_id = i.document_id
          LEFT JOIN _document b ON b.document_id = d.base) x;
CREATE VIEW help AS
SELECT column1 AS name, column2 AS what, column3 AS example FROM (VALUES
  ('resources',            'what exists now, one row per resource',
   'SELECT resource_type, count(*) FROM resources GROUP BY 1'),
  ('resources_at',         'what existed at a moment: WHERE t = epoch seconds (or ms, or julianday)',
   'SELECT resource_id FROM resources_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0'),
  ('history',              'every version of every resource',
   'SELECT at, event, resource_id, version FROM history ORDER BY t DESC LIMIT 20'),
  ('changes',              'one row per property that changed, with the value before and after',
   'SELECT at, resource_id, property, before, after FROM changes WHERE at > datetime(''now'', ''-1 day'')'),
  ('configs',              'the JSON of every version; NATURAL JOIN it to resources, resources_at or history',
   'SELECT resource_id, configuration FROM resources NATURAL JOIN configs LIMIT 5'),
  ('relationships',        'links that hold now',
   'SELECT relation, target_type, count(*) FROM relationships GROUP BY 1, 2'),
  ('relationships_at',     'links that held at a moment: WHERE t = ...',
   'SELECT resource_id, target_id FROM relationships_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0'),
  ('relationship_history', 'every link with the interval [since, until) in which it held',
   'SELECT resource_id, relation, target_id, since, until FROM relationship_history LIMIT 20'),
  ('tags',                 'tags that hold now, one row per key',
   'SELECT resource_id FROM resources EXCEPT SELECT resource_id FROM tags WHERE key = ''Owner'''),
  ('tags_at',              'tags that held at a moment: WHERE t = ...',
   'SELECT key, count(*) FROM tags_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0 GROUP BY 1'),
  ('help',                 'this list',
   'SELECT name, what FROM help')
);
COMMIT;
PRAGMA application_id=1397312596;
PRAGMA user_version=2;
