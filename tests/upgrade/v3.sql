-- A store as schema 3 wrote it: that of v2.sql upgraded, one more item brought in and all of them sealed with it, a retention, and a
-- recorder of several types. The catalogue is left out, as there, and of the views of types all but one.
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
  content     BLOB, pruned INTEGER NOT NULL DEFAULT 0,                       -- digest of what is compared: the newest document without what the catalogue ignores
  UNIQUE (id, type, account, region)
) STRICT;
INSERT INTO _resource VALUES(1,'123456789012','eu-west-1','AWS::EC2::Instance','i-0a1','web-1','arn:aws:test:eu-west-1:123456789012:i-0a1',6,0,X'605b40b62ccca410642501595d9f50a17bf8dffbb0b57270aeaaebcb2501cab6',0);
INSERT INTO _resource VALUES(2,'123456789012','eu-west-1','AWS::EC2::Instance','i-0a2','web-2','arn:aws:test:eu-west-1:123456789012:i-0a2',7,1,NULL,0);
INSERT INTO _resource VALUES(3,'123456789012','eu-west-1','AWS::EC2::Subnet','subnet-1',NULL,'arn:aws:test:eu-west-1:123456789012:subnet-1',3,0,X'492b5ad95f4eed15bf91f215edf82f6976ca6a8812cf302c4e814904eb9d5cb3',0);
INSERT INTO _resource VALUES(4,'123456789012','us-east-1','AWS::S3::Bucket','logs','logs','arn:aws:test:us-east-1:123456789012:logs',5,0,X'a6ceda879118eb3057248c32e0a03d452afa100649379b7e62e10947e1fef3c8',0);
INSERT INTO _resource VALUES(5,'123456789012','eu-west-1','AWS::EC2::Instance','i-0b3','web-3','arn:aws:test:eu-west-1:123456789012:i-0b3',8,0,X'f7e01d46ef1e2f2467b5e953dddfb54619023cb0c9ed150a12dfe8788a7119b3',0);
INSERT INTO _resource VALUES(6,'123456789012','eu-west-1','AWS::EC2::Volume','vol-1',NULL,'arn:aws:test:eu-west-1:123456789012:vol-1',9,0,X'69df250bc7a88cf8abe76832053b436a437c2d2131ae62ff83e7ecb42aed85a4',0);
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
, state_id INTEGER, name TEXT, arn TEXT, extra TEXT, cause_id INTEGER REFERENCES _cause(cause_id)) STRICT;
INSERT INTO _item VALUES(1,1,1,1790841600250,1790841601000,1790928000250,'ResourceDiscovered',NULL,NULL,NULL,1,1,0,X'4bf4ed95d81d179f55ced792fe35d5a629a9b607e5e1fa72cf9d5b7c9d88503f',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(2,2,1,1790841600250,1790841601000,1791014400250,'ResourceDiscovered',NULL,NULL,NULL,1,2,0,X'a87da5ca9d2372900efbded81442d0f0291b704f694bc55d43f3961eb84a4945',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(3,3,1,1790841600250,1790841601000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,3,0,X'2737a54684e90bc3fb54159d8eea7fca0083caa1db051be41f08f17732f6a0ae',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(4,1,2,1790928000250,1790928001000,1791014400250,'OK',NULL,NULL,NULL,1,4,1,X'a338d0280cb07c593917333cb135daf0d9eac3d7f54e0edc25d78a524a64ad37',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(5,4,1,1790928000250,1790928001000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,5,0,X'b7595cf9e281df79c4785824fa7b0c608b1e83681c7c34098e6aa121d9e38048',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(6,1,3,1791014400250,1791014401000,253402300799000,'OK',NULL,NULL,NULL,1,6,3,X'faed02fd34cbcc8decc5bd32e9964fd8a92584f721f629b87d99e80a3cbb69cf',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(7,2,2,1791014400250,1791014401000,253402300799000,'ResourceDeleted',NULL,NULL,NULL,1,NULL,0,X'5dc789d45c1839a0df74e46a883f6e645ee600a5a97bf8dbf03feb3fcb76169a',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(8,5,1,1791100800250,1791100801000,253402300799000,'ResourceDiscovered',NULL,NULL,NULL,1,7,0,X'8093ee34f0baa811ff38ba015340ae16228d7207317dbce3d695f5c979ff63fc',NULL,NULL,NULL,NULL,NULL);
INSERT INTO _item VALUES(9,6,1,1791187200250,1795432447877,253402300799000,'ResourceDiscovered','eu-west-1a',1791183600000,NULL,NULL,8,0,X'3410945487e692344962445501a068120f0032068d5f7b0616e48c05f760a6b6',NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO _document VALUES(8,NULL,X'69df250bc7a88cf8abe76832053b436a437c2d2131ae62ff83e7ecb42aed85a4','{"configuration":{"size":8,"volumeId":"vol-1"},"relationships":[],"supplementaryConfiguration":{},"tags":{"Owner":"platform"}}');
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
INSERT INTO _tag VALUES(8,6,'Owner','platform',1791187200250,253402300799000);
CREATE TABLE _activity (
  day         TEXT NOT NULL,              -- 'YYYY-MM-DD' of captured_ms
  type        TEXT NOT NULL,
  event       TEXT NOT NULL,              -- created | changed | deleted
  n           INTEGER NOT NULL, t INTEGER GENERATED ALWAYS AS (strftime('%s', day) + 0) VIRTUAL,
  PRIMARY KEY (day, type, event)
) STRICT, WITHOUT ROWID;
INSERT INTO _activity VALUES('2026-10-01','AWS::EC2::Instance','created',2);
INSERT INTO _activity VALUES('2026-10-01','AWS::EC2::Subnet','created',1);
INSERT INTO _activity VALUES('2026-10-02','AWS::EC2::Instance','changed',1);
INSERT INTO _activity VALUES('2026-10-02','AWS::S3::Bucket','created',1);
INSERT INTO _activity VALUES('2026-10-03','AWS::EC2::Instance','changed',1);
INSERT INTO _activity VALUES('2026-10-03','AWS::EC2::Instance','deleted',1);
INSERT INTO _activity VALUES('2026-10-04','AWS::EC2::Instance','created',1);
INSERT INTO _activity VALUES('2026-10-05','AWS::EC2::Volume','created',1);
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
INSERT INTO _migration VALUES(3,'0003-history.sql','7f21c9ee81e6cbbe6cbe4f1aa7a161983f1b391227239817c9b92897db16b7b2',1795432447877,'0.1.0');
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
INSERT INTO _recorder VALUES('default','arn:aws:iam::123456789012:role/config','AWS::EC2::*,AWS::S3::Bucket',900000,0,NULL,NULL,NULL,NULL,NULL,NULL,0);
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
INSERT INTO _seal VALUES(1,1,9,9,1795432447877,X'9bd1e32e40b937814458a3e41aa70b6104645d5ec59cb19326a4427071727cdc',X'0000000000000000000000000000000000000000000000000000000000000000',X'93ef07ea3b06041082f5a94ba0082bb68abae8604a16c9fae1137a76351398db',NULL,NULL);
CREATE TABLE _pruned (
  item_id     INTEGER PRIMARY KEY,
  digest      BLOB NOT NULL,
  pruned_ms   INTEGER NOT NULL
) STRICT;
CREATE TABLE _retention (
  name        TEXT PRIMARY KEY,           -- 'default'
  days        INTEGER NOT NULL
) STRICT;
INSERT INTO _retention VALUES('default',400);
CREATE TABLE _import (
  name        TEXT PRIMARY KEY,           -- path or s3:// address
  stamp       TEXT NOT NULL,              -- what it was then: ETag, or size and time of change
  items       INTEGER NOT NULL,           -- read from it so far
  new_items   INTEGER NOT NULL,           -- of which were not in the store
  done_ms     INTEGER,                    -- NULL: not to its end
  error       TEXT                        -- what could not be read, and where
) STRICT;
INSERT INTO _import VALUES('/srv/siltstone/add.jsonl','593 1795432376.601353487',1,1,1795432447877,NULL);
CREATE TABLE _query (
  name        TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  sql         TEXT NOT NULL,
  chart       TEXT                        -- how it is best drawn: table | bar | line | number
) STRICT;
CREATE TABLE _type_column (
  type        TEXT NOT NULL,
  ord         INTEGER NOT NULL,
  name        TEXT NOT NULL,              -- 'instance_type'
  path        TEXT NOT NULL,              -- over the configuration: '$.instanceType'
  declared    TEXT NOT NULL,              -- TEXT | INTEGER | REAL
  PRIMARY KEY (type, ord)
) STRICT, WITHOUT ROWID;
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
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('_event',12);
CREATE INDEX _resource_type ON _resource(type, account, region, deleted);
CREATE INDEX _resource_place ON _resource(account, region, type, id);
CREATE INDEX _resource_name ON _resource(name, type) WHERE name IS NOT NULL;
CREATE INDEX _resource_arn ON _resource(arn) WHERE arn IS NOT NULL;
CREATE UNIQUE INDEX _item_version ON _item(rid, version);
CREATE INDEX _item_at ON _item(at);
CREATE INDEX _item_t ON _item(t);
CREATE INDEX _edge_rid ON _edge(rid, until_ms);
CREATE INDEX _edge_target ON _edge(target_id, until_ms);
CREATE INDEX _edge_target_rid ON _edge(target_rid, until_ms);
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
CREATE INDEX _item_rid_at ON _item(rid, at);
CREATE INDEX _item_captured ON _item(rid, captured_ms, version);
CREATE INDEX _verdict_rid ON _verdict(rid, rule, until_ms);
CREATE INDEX _verdict_rule ON _verdict(rule, result, until_ms);
CREATE INDEX _edge_open ON _edge(by, target_type, link) WHERE target_rid IS NULL AND until_ms = 253402300799000;
CREATE INDEX _item_cause ON _item(cause_id) WHERE cause_id IS NOT NULL;
CREATE TRIGGER _catalogue_shred AFTER INSERT ON _catalogue BEGIN
  DELETE FROM _type WHERE type IN (SELECT json_extract(value, '$.type') FROM json_each(new.doc));
  INSERT OR REPLACE INTO _type
    SELECT json_extract(j, '$.type'), new.name, json_extract(j, '$.engine'), json_extract(j, '$.service'), json_extract(j, '$.scope'), j
      FROM (SELECT value AS j FROM json_each(new.doc));
END;
CREATE TRIGGER _catalogue_forget AFTER DELETE ON _catalogue BEGIN
  DELETE FROM _type WHERE catalogue = old.name;
END;
CREATE TRIGGER _type_shred AFTER INSERT ON _type BEGIN
  INSERT INTO _type_call
    SELECT new.type, 'list', 0, NULL, coalesce(json_extract(new.doc, '$.list.service'), new.service), json_extract(new.doc, '$.list.op')
     WHERE json_type(new.doc, '$.list') IS NOT NULL
    UNION ALL SELECT new.type, 'get', 0, NULL, new.service, json_extract(new.doc, '$.get.op') WHERE json_type(new.doc, '$.get.op') IS NOT NULL
    UNION ALL SELECT new.type, 'step', s.key, NULL, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.steps') s
    UNION ALL SELECT new.type, 'getstep', s.key, NULL, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.get_steps') s
    UNION ALL SELECT new.type, 'supp', row_number() OVER (ORDER BY s.id), s.key, new.service, json_extract(s.value, '$.op') FROM json_each(new.doc, '$.supplementary') s;
  INSERT INTO _type_relation
    SELECT new.type, r.key, json_extract(r.value, '$.name'), json_extract(r.value, '$.to'),
           coalesce(json_extract(r.value, '$.src'), ''),
           CASE WHEN json_extract(r.value, '$.src') IS NULL THEN json_extract(r.value, '$.path')
                ELSE '$.' || json_extract(r.value, '$.src') || substr(json_extract(r.value, '$.path'), 2) END,
           coalesce(json_extract(r.value, '$.by'), 'id'), json_extract(r.value, '$.like'), json_extract(r.value, '$.split'),
           json_extract(r.value, '$.json'), json_extract(r.value, '$.emit'),
           coalesce(json_extract(r.value, '$.ripple'), 0), coalesce(json_extract(r.value, '$.ext'), 0)
      FROM json_each(new.doc, '$.relations') r;
  INSERT INTO _type_inverse(type, name, from_type, from_name)
    SELECT new.type, json_extract(r.value, '$.name'), json_extract(r.value, '$.from'), json_extract(r.value, '$.of')
      FROM json_each(new.doc, '$.inverse') r;
  INSERT OR REPLACE INTO _type_event
    SELECT json_extract(e.value, '$.source'), n.value, new.type,
           coalesce(json_extract(e.value, '$.ids'), json_extract(e.value, '$.names_path'), json_extract(e.value, '$.arns')),
           CASE WHEN json_extract(e.value, '$.ids') IS NOT NULL THEN 'id' WHEN json_extract(e.value, '$.arns') IS NOT NULL THEN 'arn' ELSE 'name' END,
           json_extract(e.value, '$.like'), json_extract(e.value, '$.strip')
      FROM json_each(new.doc, '$.events') e, json_each(e.value, '$.names') n;
  INSERT OR REPLACE INTO _type_path
    SELECT new.type, 'ignore', '$.configuration' || substr(p.value, 2) FROM json_each(new.doc, '$.ignore') p
    UNION ALL SELECT new.type, 'sort', '$.configuration' || substr(p.value, 2) FROM json_each(new.doc, '$.sort') p
    UNION ALL SELECT new.type, 'ignore', '$.supplementaryConfiguration.' || s.key || substr(p.value, 2)
      FROM json_each(new.doc, '$.supplementary') s, json_each(s.value, '$.ignore') p;
  INSERT OR REPLACE INTO _type_iam SELECT new.type, p.value FROM json_each(new.doc, '$.iam') p;
  -- What would not make a view is left out: every type's view has the first names, json_each() the others.
  INSERT INTO _type_column
    SELECT k.type, k.ord, k.name, k.path, k.declared
      FROM (SELECT new.type AS type, row_number() OVER (ORDER BY c.id) AS ord, c.key AS name,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[0]') ELSE c.value END AS path,
                   CASE c.type WHEN 'array' THEN json_extract(c.value, '$[1]') ELSE 'TEXT' END AS declared
              FROM json_each(new.doc, '$.columns') c) k
     WHERE k.name GLOB '[a-z]*' AND k.name NOT GLOB '*[^a-z0-9_]*' AND k.path GLOB '$.?*' AND k.declared IN ('TEXT', 'INTEGER', 'REAL')
       AND k.name NOT IN ('rid', 'resource_type', 'resource_id', 'name', 'account', 'region', 'az', 'version', 'at', 't', 'since', 'until', 'actor',
                          'id', 'key', 'value', 'type', 'atom', 'parent', 'fullkey', 'path', 'json', 'root');
END
;
CREATE TRIGGER _type_forget AFTER DELETE ON _type BEGIN
  DELETE FROM _type_call WHERE type = old.type;
  DELETE FROM _type_relation WHERE type = old.type;
  DELETE FROM _type_inverse WHERE type = old.type;
  DELETE FROM _type_event WHERE type = old.type;
  DELETE FROM _type_path WHERE type = old.type;
  DELETE FROM _type_iam WHERE type = old.type;
  DELETE FROM _type_column WHERE type = old.type;
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
  CROSS JOIN _resource r        -- in this order: else planners begin with every item there is, and look into all of them for each
  CROSS JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x
                                WHERE x.rid = r.rid
                                  AND x.captured_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
                                ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
 WHERE unlikely(r.deleted >= 0) -- always true, but what makes them begin here when configs are joined
   AND i.document_id IS NOT NULL
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
CREATE VIEW compliance AS
  -- What every rule finds on every resource now.
SELECT v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       v.rule,                   -- the rule's name
       v.result,                 -- COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA
       v.since,                  -- it has been so since
       v.annotation              -- why, where the rule says
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.until_ms = 253402300799000
;
CREATE VIEW compliance_at AS
  -- What every rule found at a moment: WHERE t = ...
SELECT j.json AS t,              -- REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows
       v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, v.rule, v.result,
       v.since, v.until, v.annotation
  FROM json_each AS j JOIN _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND v.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
;
CREATE VIEW compliance_history AS
  -- Every verdict with the interval [since, until) in which it held. Time to fix, for instance:
  --   SELECT rule, avg(julianday(until) - julianday(since)) FROM compliance_history
  --    WHERE result = 'NON_COMPLIANT' AND until < '9999' GROUP BY rule;
SELECT v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, v.rule, v.result,
       v.since, v.until,
       v.t,                      -- since, as epoch seconds
       v.annotation
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
;
CREATE VIEW timeline AS
  -- Everything that happened to a resource, in words:
  --   SELECT at, event, summary FROM timeline WHERE resource_id = 'i-123' ORDER BY at;
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.at, i.t,
       i.event,                  -- created | changed | deleted | compliance | link
       i.version,                -- of created, changed and deleted
       i.actor,
       coalesce((SELECT group_concat(replace(json_extract(c.value, '$.path'), 'configuration.', '') ||
                   CASE json_extract(c.value, '$.op') WHEN 'add' THEN ' + ' || json_extract(c.value, '$.after')
                     WHEN 'remove' THEN ' - ' || json_extract(c.value, '$.before')
                     ELSE ' ' || json_extract(c.value, '$.before') || ' -> ' || json_extract(c.value, '$.after') END, '; ')
                   FROM _diff d JOIN json_each(d.changes) c WHERE d.item_id = i.item_id),
                i.status) AS summary  -- what changed; the rule and its result; the link that came (+) or went (-)
  FROM _item i JOIN _resource r ON r.rid = i.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, v.since, v.t, 'compliance', NULL, NULL,
       v.rule || ': ' || v.result || coalesce(' (' || v.annotation || ')', '')
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, e.since, e.since_ms/1000, 'link', NULL, NULL,
       '+ ' || rtrim(e.name) || ' ' || e.target_id
  FROM _edge e JOIN _resource r ON r.rid = e.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, e.until, e.until_ms/1000, 'link', NULL, NULL,
       '- ' || rtrim(e.name) || ' ' || e.target_id
  FROM _edge e JOIN _resource r ON r.rid = e.rid WHERE e.until_ms < 253402300799000
;
CREATE VIEW diff AS
  -- Any two versions of a resource compared:
  --   SELECT property, op, before, after FROM diff WHERE resource_id = 'i-123' AND v1 = 3 AND v2 = 7;
  -- Elements of lists are matched by their place; "changes" and siltstone diff match them by what names them.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id,
       a.version AS v1,          -- REQUIRED filter: the version before
       b.version AS v2,          -- REQUIRED filter: the version after
       json_extract(x.value, '$[0]') AS property,
       CASE WHEN json_extract(x.value, '$[1]') = 0 THEN 'add' WHEN json_extract(x.value, '$[2]') = 0 THEN 'remove' ELSE 'change' END AS op,
       json_extract(x.value, '$[3]') AS before,
       json_extract(x.value, '$[4]') AS after
  FROM _resource r JOIN _item a ON a.rid = r.rid JOIN _item b ON b.rid = r.rid
  -- One list of what differs, made by one pass over both documents. A view over their leaves would have to be
  -- aggregated, and no filter that is a join or a subquery would find its way in.
  JOIN json_each((SELECT json_group_array(json_array(differing.property, differing.befores, differing.afters,
        iif(differing.before IN (9e999, -9e999), differing.before || '', differing.before), iif(differing.after IN (9e999, -9e999), differing.after || '', differing.after)))  -- JSON has no infinity
      FROM (SELECT leaf.property AS property, sum(leaf.side = 0) AS befores, sum(leaf.side = 1) AS afters,
                   max(CASE leaf.side WHEN 0 THEN leaf.value END) AS before, max(CASE leaf.side WHEN 1 THEN leaf.value END) AS after
              FROM (SELECT which.side AS side, k.type AS kind, substr(replace(k.fullkey, '"', ''), 3) AS property, coalesce(k.atom, k.value) AS value
                      FROM (SELECT 0 AS side UNION ALL SELECT 1) which
                      JOIN json_tree(CASE which.side WHEN 0 THEN (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = a.document_id) ELSE (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = b.document_id) END) k
                     WHERE (k.type NOT IN ('object', 'array') OR k.value IN ('{}', '[]') AND k.path <> '$') AND k.fullkey NOT LIKE '$.relationships%'
                    UNION ALL
                    SELECT which.side, 'object',
                           'relationships[' || rtrim(json_extract(k.value, '$.name')) || ' ' || coalesce(json_extract(k.value, '$.resourceId'), json_extract(k.value, '$.resourceName')) || ']',
                           k.value
                      FROM (SELECT 0 AS side UNION ALL SELECT 1) which
                      JOIN json_each(CASE which.side WHEN 0 THEN (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = a.document_id) ELSE (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = b.document_id) END, '$.relationships') k) leaf
             GROUP BY leaf.property
            HAVING sum(leaf.side = 0) <> sum(leaf.side = 1)
                OR max(CASE leaf.side WHEN 0 THEN leaf.value END) IS NOT max(CASE leaf.side WHEN 1 THEN leaf.value END)
                OR max(CASE leaf.side WHEN 0 THEN leaf.kind END) IS NOT max(CASE leaf.side WHEN 1 THEN leaf.kind END)) differing)) x
;
CREATE VIEW blame AS
  -- Which version set each property of a live resource last, when, and by whom:
  --   SELECT property, value, at, actor FROM blame WHERE resource_id = 'i-123';
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       b.property,               -- 'configuration.instanceType'; a list is one property
       b.value,                  -- as it is now
       b.version, b.at, b.t, b.actor
  FROM _resource r JOIN _blame b ON b.of_item = r.last_item
 WHERE r.deleted = 0
;
CREATE VIEW drift AS
  -- What is different between two moments, for the whole estate:
  --   SELECT * FROM drift WHERE t1 = strftime('%s', '2026-11-01') + 0 AND t2 = strftime('%s', '2026-11-08') + 0;
SELECT j1.json AS t1,            -- REQUIRED filter: as t of resources_at
       j2.json AS t2,            -- REQUIRED filter
       r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       CASE WHEN a.document_id IS NULL THEN 'created' WHEN b.document_id IS NULL THEN 'deleted' ELSE 'changed' END AS op,  -- created | deleted | changed
       a.version AS v1, b.version AS v2   -- for the view diff
  FROM json_each AS j1 JOIN json_each AS j2 JOIN _resource r
  JOIN _item b ON b.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid
        AND x.captured_ms < CASE WHEN j2.value < 1e7 THEN (j2.value-2440587.5)*86400000+1000 WHEN j2.value > 1e11 THEN j2.value+1 ELSE j2.value*1000+1000 END
      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
  LEFT JOIN _item a ON a.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid
        AND x.captured_ms < CASE WHEN j1.value < 1e7 THEN (j1.value-2440587.5)*86400000+1000 WHEN j1.value > 1e11 THEN j1.value+1 ELSE j1.value*1000+1000 END
      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
 WHERE a.item_id IS NOT b.item_id
   AND (a.document_id IS NOT NULL OR b.document_id IS NOT NULL)
;
CREATE VIEW activity AS
  -- Versions per day, type and event: what charts are drawn from.
SELECT a.day,                    -- 'YYYY-MM-DD'
       a.t,                      -- when the day began, epoch seconds
       a.type AS resource_type,
       a.event,                  -- created | changed | deleted
       a.n                       -- so many
  FROM _activity a
;
CREATE VIEW causes AS
  -- What made a version, where a change event told of it: who called what, from where. NATURAL JOIN it to history.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.account, r.region, i.version,
       i.at, i.t,                -- when the version came into force
       c.actor,                  -- ARN of who called, or the service that did
       c.event_source,           -- 'ec2.amazonaws.com'
       c.event_name,             -- 'RunInstances'
       c.at AS called,           -- when, by the event
       c.source_ip,              -- where the call came from
       c.user_agent,             -- what it was made with
       c.event_id                -- CloudTrail's
  FROM _item i JOIN _cause c ON c.cause_id = i.cause_id JOIN _resource r ON r.rid = i.rid
;
CREATE VIEW coverage AS
  -- How looking went: for each place and type, from when to when looks were complete, partial or blind,
  -- and why. WHERE until > '9999' is how it is now; absence of a resource means something only where
  -- looks are complete. A type '*' is a sweep that came to no look at all.
SELECT k.account, k.region,
       k.type AS resource_type,
       s.name AS source,
       CASE k.outcome WHEN 'failed' THEN 'blind' ELSE k.outcome END AS state,  -- complete | partial | blind | unsupported
       strftime('%Y-%m-%d %H:%M:%S', k.since_ms/1000, 'unixepoch') AS since,
       coalesce(strftime('%Y-%m-%d %H:%M:%S', lead(k.since_ms) OVER (PARTITION BY k.type, k.account, k.region, k.source_id ORDER BY k.since_ms)/1000, 'unixepoch'),
                '9999-12-31 23:59:59') AS until,
       k.looks,                  -- how many looks there were
       strftime('%Y-%m-%d %H:%M:%S', k.last_ms/1000, 'unixepoch') AS last_look,
       k.seen,                   -- resources in the last of them
       k.reason,                 -- why the last of them was not complete
       k.code                    -- the service's own word for it
  -- A run of looks with the same outcome is numbered by how often the outcome had changed before.
  FROM (SELECT n.type, n.account, n.region, n.source_id, n.outcome, min(n.started_ms) AS since_ms, count(*) AS looks,
               max(n.started_ms) AS last_ms, n.seen AS seen, n.reason AS reason, n.code AS code
          FROM (SELECT m.*, sum(m.turned) OVER (PARTITION BY m.type, m.account, m.region, m.source_id ORDER BY m.started_ms, m.coverage_id) AS run
                  FROM (SELECT c.*, c.outcome IS NOT lag(c.outcome) OVER (PARTITION BY c.type, c.account, c.region, c.source_id ORDER BY c.started_ms, c.coverage_id) AS turned
                          FROM _coverage c) m) n
         GROUP BY n.type, n.account, n.region, n.source_id, n.run) k
  LEFT JOIN _source s ON s.source_id = k.source_id
;
CREATE VIEW gaps AS
  -- When nobody was looking at a place. A look counts from the beginning of its sweep to the end of its last
  -- look there; one that failed does not count, it saw nothing. What comes within twice the recorder's interval after the
  -- one before is in time: the interval and as long again for a sweep that takes its time. Where there is no
  -- recorder a look a day is expected. The interval is the one of today, the past is judged by it, too.
SELECT g.account, g.region,
       strftime('%Y-%m-%d %H:%M:%S', g.since_ms/1000, 'unixepoch') AS since,  -- the end of the last look
       CASE WHEN g.until_ms IS NULL THEN '9999-12-31 23:59:59'
            ELSE strftime('%Y-%m-%d %H:%M:%S', g.until_ms/1000, 'unixepoch') END AS until,  -- the next one began
       g.since_ms/1000 AS t,
       (coalesce(g.until_ms, strftime('%s', 'now') * 1000) - g.since_ms)/1000 AS seconds,
       (SELECT count(*) FROM _coverage f WHERE f.sweep_ms BETWEEN g.since_ms AND coalesce(g.until_ms, 253402300799000)
           AND f.outcome = 'failed' AND (f.account = g.account AND f.region = g.region OR f.type = '*')) AS failed,  -- looks that saw nothing
       (SELECT f.reason FROM _coverage f WHERE f.sweep_ms BETWEEN g.since_ms AND coalesce(g.until_ms, 253402300799000)
           AND f.outcome = 'failed' AND (f.account = g.account AND f.region = g.region OR f.type = '*')
         ORDER BY f.sweep_ms DESC LIMIT 1) AS reason  -- of the last of those
  FROM (SELECT w.account, w.region,
               max(w.ended_ms) OVER (PARTITION BY w.account, w.region ORDER BY w.sweep_ms ROWS UNBOUNDED PRECEDING) AS since_ms,
               lead(w.sweep_ms) OVER (PARTITION BY w.account, w.region ORDER BY w.sweep_ms) AS until_ms
          FROM (SELECT c.account, c.region, c.sweep_ms, max(c.ended_ms) AS ended_ms
                  FROM _coverage c WHERE c.outcome IN ('complete', 'partial') GROUP BY c.account, c.region, c.sweep_ms) w) g
 WHERE coalesce(g.until_ms, strftime('%s', 'now') * 1000) - g.since_ms > 2 * coalesce((SELECT min(r.every_ms) FROM _recorder r), 86400000/2)
;
CREATE VIEW deliveries AS
  -- Files that went to a delivery channel, or are to go.
SELECT d.delivery_id AS delivery, d.channel,
       d.kind,                   -- history | snapshot | oversized | check
       d.account, d.region,
       nullif(d.type, '') AS resource_type,  -- of a history file
       strftime('%Y-%m-%d %H:%M:%S', d.due_ms/1000, 'unixepoch') AS due,  -- the moment the file is for
       CASE WHEN d.done_ms IS NOT NULL AND d.items = 0 AND d.key IS NULL THEN 'empty' WHEN d.done_ms IS NOT NULL THEN 'done'
            WHEN d.error IS NOT NULL THEN 'failed' ELSE 'due' END AS state,  -- done | due | failed (is tried again) | empty
       strftime('%Y-%m-%d %H:%M:%S', d.done_ms/1000, 'unixepoch') AS done,
       d.tries,
       CASE WHEN d.done_ms IS NULL THEN strftime('%Y-%m-%d %H:%M:%S', d.next_ms/1000, 'unixepoch') END AS next_try,
       d.items, d.bytes,
       d.key AS file,            -- where in the channel's bucket or directory
       d.error_code, d.error
  FROM _delivery d
;
CREATE VIEW recorder AS
  -- What is recorded, how often, and how that goes.
SELECT r.name AS recorder,
       r.recording,              -- 1: it runs
       r.status,                 -- PENDING | SUCCESS | FAILURE
       r.types,                  -- globs; NULL: every type of the catalogue
       r.every_ms/1000 AS every_seconds,
       r.role_arn,
       strftime('%Y-%m-%d %H:%M:%S', r.started_ms/1000, 'unixepoch') AS started,
       strftime('%Y-%m-%d %H:%M:%S', r.stopped_ms/1000, 'unixepoch') AS stopped,
       strftime('%Y-%m-%d %H:%M:%S', r.status_ms/1000, 'unixepoch') AS changed,   -- when status last changed
       CASE WHEN r.recording THEN strftime('%Y-%m-%d %H:%M:%S', r.next_ms/1000, 'unixepoch') END AS next_sweep,
       r.error_code, r.error
  FROM _recorder r
;
CREATE VIEW _item_document AS
SELECT i.item_id, i.rid, i.version,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base;
CREATE VIEW _item_file AS
SELECT y.item_id, CASE WHEN y.extra IS NULL THEN y.plain ELSE json_patch(y.plain, y.extra) END AS body FROM (
SELECT x.item_id, x.extra,
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
       || '","configurationStateId":' || x.state_id
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
       || '}' AS plain
  FROM (SELECT i.item_id, i.captured_ms, i.status, i.az, i.created_ms, i.document_id,
               coalesce(i.state_id, i.captured_ms) AS state_id, i.extra,
               r.account, r.region, r.type, r.id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _item i JOIN _resource r ON r.rid = i.rid
          LEFT JOIN _document d ON d.document_id = i.document_id
          LEFT JOIN _document b ON b.document_id = d.base) x) y;
CREATE VIEW _blame AS
SELECT n.item_id AS of_item, n.rid, json_extract(x.value, '$[0]') AS property, json_extract(x.value, '$[1]') AS value,
       i.version, i.at, i.t, i.actor
  FROM _item n
  CROSS JOIN json_each((SELECT json_group_array(json_array(told.property, iif(told.value IN (9e999, -9e999), told.value || '', told.value), told.version))
      FROM (SELECT leaf.property AS property, leaf.value AS value,
                   max(touched.version) AS version
              FROM (SELECT substr(replace(k.fullkey, '"', ''), 3) AS property, coalesce(k.atom, k.value) AS value,
                           replace(substr(replace(k.fullkey, '"', ''), 3), '[', '.[') || '.' AS steps  -- one begins with the other: one is in the other
                      FROM json_tree((SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = n.document_id)) k
                     WHERE k.type <> 'object' AND k.path NOT LIKE '%[%' AND typeof(k.key) <> 'integer' LIMIT -1) leaf  -- a list of its own, or each comparison would spell the path again
              JOIN (SELECT replace(replace(json_extract(m.value, '$.path'), '"', ''), '[', '.[') || '.' AS steps, max(h.version) AS version
                           FROM _item h JOIN _diff f ON f.item_id = h.item_id JOIN json_each(f.changes) m
                          WHERE h.rid = n.rid AND h.version <= n.version GROUP BY 1
                    UNION ALL  -- all of it came with the resource
                    SELECT '', coalesce(max(CASE o.status WHEN 'ResourceDiscovered' THEN o.version END), min(o.version)) FROM _item o WHERE o.rid = n.rid AND o.version <= n.version) touched
                ON substr(touched.steps, 1, length(leaf.steps)) = leaf.steps OR substr(leaf.steps, 1, length(touched.steps)) = touched.steps
             GROUP BY leaf.property) told)) x
  CROSS JOIN _item i ON i.rid = n.rid AND i.version = json_extract(x.value, '$[2]')
;
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
  ('compliance',           'what every rule finds on every resource now',
   'SELECT rule, result, count(*) FROM compliance GROUP BY 1, 2'),
  ('compliance_at',        'what every rule found at a moment: WHERE t = ...',
   'SELECT rule, result, count(*) FROM compliance_at WHERE t = strftime(''%s'', ''now'', ''-1 day'') + 0 GROUP BY 1, 2'),
  ('compliance_history',   'every verdict with the interval [since, until) in which it held',
   'SELECT resource_id, rule, result, since, until FROM compliance_history LIMIT 20'),
  ('timeline',             'everything that happened to a resource, in words',
   'SELECT at, event, summary FROM timeline WHERE resource_id = (SELECT max(resource_id) FROM resources) ORDER BY at'),
  ('diff',                 'two versions of a resource compared: WHERE v1 = 3 AND v2 = 7',
   'SELECT property, op, before, after FROM diff WHERE resource_id = (SELECT max(resource_id) FROM resources) AND v1 = 1 AND v2 = 2'),
  ('blame',                'which version set each property last, when, and by whom',
   'SELECT property, value, at, actor FROM blame WHERE resource_id = (SELECT max(resource_id) FROM resources)'),
  ('drift',                'what is different between two moments: WHERE t1 = ... AND t2 = ...',
   'SELECT op, resource_type, count(*) FROM drift WHERE t1 = strftime(''%s'', ''now'', ''-7 days'') + 0 AND t2 = strftime(''%s'', ''now'') + 0 GROUP BY 1, 2'),
  ('activity',             'versions per day, type and event, for charts',
   'SELECT day, sum(n) FROM activity GROUP BY 1'),
  ('causes',               'who called what, where a change event told of it, for each version due to it',
   'SELECT at, resource_id, actor, event_name, source_ip FROM causes ORDER BY t DESC LIMIT 20'),
  ('coverage',             'since when looks at a place and type are complete, partial or blind, and why',
   'SELECT resource_type, account, region, state, since, reason FROM coverage WHERE until > ''9999'' AND state <> ''complete'''),
  ('gaps',                 'when nobody was looking',
   'SELECT account, region, since, until, seconds FROM gaps'),
  ('deliveries',           'files that went to a delivery channel, or are to go',
   'SELECT due, kind, state, file, error FROM deliveries ORDER BY delivery DESC LIMIT 20'),
  ('recorder',             'what is recorded, how often, and how that goes',
   'SELECT * FROM recorder'),
  ('queries',              'questions people ask, ready to run, and those that were kept',
   'SELECT title, sql FROM queries'),
  ('help_columns',         'what every column of these views means',
   'SELECT name, means FROM help_columns WHERE view_name = ''resources'''),
  ('help',                 'this list',
   'SELECT name, what FROM help')
)
-- And a view for each type that is recorded here: its text names the type.
UNION ALL
SELECT s.name, 'each ' || substr(s.sql, instr(s.sql, '  -- ') + 5, instr(s.sql, ': what exists now') - instr(s.sql, '  -- ') - 5) || ' that exists now, its values as columns',
       'SELECT * FROM ' || s.name || ' LIMIT 5'
  FROM sqlite_master s WHERE s.type = 'view' AND s.sql LIKE 'CREATE VIEW "%  -- %::%: what exists now%'
;
CREATE VIEW queries AS
  -- SELECT title, sql FROM queries; your own are kept in it, too, and one of the same name stands for ours.
SELECT q.name,                   -- what it is called
       q.title,                  -- the question in words
       q.sql,                    -- the query, which runs as it stands
       q.chart                   -- how it is best drawn: table | bar | line | number
  FROM _query q
UNION ALL
SELECT CAST(o.column1 AS TEXT), CAST(o.column2 AS TEXT), CAST(o.column4 AS TEXT), CAST(o.column3 AS TEXT) FROM (VALUES
  ('changed-yesterday', 'What changed yesterday', 'table',
'SELECT at, resource_type, resource_id, property, before, after, actor FROM changes
 WHERE at >= date(''now'', ''-1 day'') AND at < date(''now'') ORDER BY at'),
  ('attached-last-friday', 'What was attached to a security group last Friday at 14:00', 'table',
'SELECT resource_type, resource_id, name, relation FROM relationships_at
 WHERE t = strftime(''%s'', ''now'', ''-7 days'', ''weekday 5'', ''start of day'', ''+14 hours'') + 0
   AND target_id = (SELECT resource_id FROM resources WHERE resource_type = ''AWS::EC2::SecurityGroup'' LIMIT 1)  -- or ''sg-0123'''),
  ('life-of-a-resource', 'Everything that happened to a resource', 'table',
'SELECT at, event, version, actor, summary FROM timeline
 WHERE rid = (SELECT rid FROM history ORDER BY t DESC LIMIT 1)  -- or resource_id = ''i-0123''
 ORDER BY at'),
  ('compare-versions', 'Two versions of a resource compared', 'table',
'SELECT property, op, before, after FROM diff
 WHERE rid = (SELECT rid FROM history WHERE version > 1 ORDER BY t DESC LIMIT 1)  -- or resource_id = ''i-0123''
   AND v1 = 1 AND v2 = 2'),
  ('existed-then', 'What existed a week ago, by type', 'bar',
'SELECT resource_type, count(*) AS n FROM resources_at
 WHERE t = strftime(''%s'', ''now'', ''-7 days'') + 0 GROUP BY resource_type ORDER BY n DESC'),
  ('compliance-then', 'Compliance a month ago', 'table',
'SELECT rule, result, count(*) AS n FROM compliance_at
 WHERE t = strftime(''%s'', ''now'', ''-30 days'') + 0 GROUP BY rule, result'),
  ('most-changed', 'What changes most, 30 days', 'bar',
'SELECT resource_id, resource_type, count(*) AS n FROM history
 WHERE at > datetime(''now'', ''-30 days'') GROUP BY rid ORDER BY n DESC, rid LIMIT 10'),
  ('without-owner', 'Resources without a tag Owner', 'table',
'SELECT resource_type, resource_id, name FROM resources
 WHERE rid NOT IN (SELECT rid FROM tags WHERE key = ''Owner'')'),
  ('orphaned-volumes', 'Volumes that are attached to nothing', 'table',
'SELECT resource_id, json_extract(configuration, ''$.size'') AS gib FROM resources NATURAL JOIN configs
 WHERE resource_type = ''AWS::EC2::Volume''
   AND rid NOT IN (SELECT rid FROM relationships WHERE relation = ''Is attached to Instance'')'),
  ('public-instances', 'Instances in subnets that are routed to the internet', 'table',
'SELECT i.resource_id, i.name FROM resources i
 WHERE i.rid IN (SELECT s.rid FROM relationships gw
   JOIN relationships net ON net.rid = gw.rid AND net.relation = ''Contains Subnet''
   JOIN relationships s ON s.target_rid = net.target_rid AND s.relation = ''Is contained in Subnet''
  WHERE gw.relation = ''Contains InternetGateway'' AND s.resource_type = ''AWS::EC2::Instance'')'),
  ('blast-radius', 'Everything that hangs on a VPC, by type', 'bar',
'WITH RECURSIVE hit(rid, depth) AS (
  SELECT rid, 0 FROM resources WHERE rid = (SELECT rid FROM resources WHERE resource_type = ''AWS::EC2::VPC'' LIMIT 1)  -- or resource_id = ''vpc-0123''
  UNION SELECT l.rid, depth + 1 FROM hit JOIN relationships l ON l.target_rid = hit.rid WHERE depth < 4)
SELECT resource_type, count(DISTINCT rid) AS n FROM hit JOIN resources USING (rid) GROUP BY resource_type'),
  ('around-a-moment', 'What changed within five minutes of the last deletion', 'table',
'WITH it(at) AS (SELECT at FROM history WHERE event = ''deleted'' ORDER BY t DESC LIMIT 1)  -- or SELECT ''2026-11-20 14:00''
SELECT at, resource_type, resource_id, event, actor FROM history
 WHERE at BETWEEN (SELECT datetime(at, ''-5 minutes'') FROM it) AND (SELECT datetime(at, ''+5 minutes'') FROM it) ORDER BY at'),
  ('open-to-the-world', 'Security groups that were open to the world on port 22 two days ago', 'table',
'SELECT DISTINCT resource_id, name FROM resources_at NATURAL JOIN configs JOIN json_each(configuration, ''$.ipPermissions'') p
 WHERE t = strftime(''%s'', ''now'', ''-2 days'') + 0 AND resource_type = ''AWS::EC2::SecurityGroup''
   AND coalesce(json_extract(p.value, ''$.fromPort''), 0) <= 22 AND coalesce(json_extract(p.value, ''$.toPort''), 65535) >= 22
   AND EXISTS (SELECT 1 FROM json_each(p.value, ''$.ipv4Ranges'') c WHERE json_extract(c.value, ''$.cidrIp'') = ''0.0.0.0/0'')'),
  ('time-to-fix', 'How long rules stay broken', 'bar',
'SELECT rule, count(*) AS n, round(avg(julianday(until) - julianday(since)), 1) AS days FROM compliance_history
 WHERE result = ''NON_COMPLIANT'' AND until < ''9999'' GROUP BY rule'),
  ('drift-of-a-week', 'What is different from a week ago, by type', 'table',
'SELECT op, resource_type, count(*) AS n FROM drift
 WHERE t1 = strftime(''%s'', ''now'', ''-7 days'') + 0 AND t2 = strftime(''%s'', ''now'') + 0 GROUP BY op, resource_type'),
  ('blame', 'Which version set each property last', 'table',
'SELECT property, value, version, at, actor FROM blame
 WHERE rid = (SELECT rid FROM resources ORDER BY rid LIMIT 1)  -- or resource_id = ''i-0123'''),
  ('who-touched-prod', 'Who changed what is tagged Env = prod, last week', 'bar',
'SELECT actor, count(*) AS n FROM changes JOIN tags USING (rid)
 WHERE tags.key = ''Env'' AND tags.value = ''prod'' AND at > datetime(''now'', ''-7 days'') GROUP BY actor ORDER BY n DESC'),
  ('deleted-this-week', 'What was deleted this week, with its last configuration', 'table',
'SELECT h.at, h.resource_type, h.resource_id, c.configuration FROM history h
  JOIN configs c ON c.rid = h.rid AND c.version = h.version - 1
 WHERE h.event = ''deleted'' AND h.at > datetime(''now'', ''-7 days'') ORDER BY h.at')
) o WHERE o.column1 NOT IN (SELECT name FROM _query)
;
CREATE VIEW help_columns AS
SELECT column1 AS view_name, column2 AS name, column3 AS means FROM (VALUES
  ('activity', 'day', '''YYYY-MM-DD'''),
  ('activity', 't', 'when the day began, epoch seconds'),
  ('activity', 'resource_type', '''AWS::EC2::Instance'''),
  ('activity', 'event', 'created | changed | deleted'),
  ('activity', 'n', 'so many'),
  ('blame', 'rid', 'join key shared by every view'),
  ('blame', 'resource_type', '''AWS::EC2::Instance'''),
  ('blame', 'resource_id', '''i-0abc'''),
  ('blame', 'name', 'the resource''s own name, where it has one'),
  ('blame', 'account', '12 digits'),
  ('blame', 'region', '''eu-west-1'', or ''global'''),
  ('blame', 'property', '''configuration.instanceType''; a list is one property'),
  ('blame', 'value', 'as it is now'),
  ('blame', 'version', '1, 2, 3 ... per resource'),
  ('blame', 'at', 'when, ''YYYY-MM-DD HH:MM:SS'' UTC'),
  ('blame', 't', 'the same as epoch seconds'),
  ('blame', 'actor', 'who, where an event tells'),
  ('causes', 'rid', 'join key shared by every view'),
  ('causes', 'resource_type', '''AWS::EC2::Instance'''),
  ('causes', 'resource_id', '''i-0abc'''),
  ('causes', 'account', '12 digits'),
  ('causes', 'region', '''eu-west-1'', or ''global'''),
  ('causes', 'version', '1, 2, 3 ... per resource'),
  ('causes', 'at', 'when, ''YYYY-MM-DD HH:MM:SS'' UTC'),
  ('causes', 't', 'when the version came into force'),
  ('causes', 'actor', 'ARN of who called, or the service that did'),
  ('causes', 'event_source', '''ec2.amazonaws.com'''),
  ('causes', 'event_name', '''RunInstances'''),
  ('causes', 'called', 'when, by the event'),
  ('causes', 'source_ip', 'where the call came from'),
  ('causes', 'user_agent', 'what it was made with'),
  ('causes', 'event_id', 'CloudTrail''s'),
  ('changes', 'rid', 'join key shared by every view'),
  ('changes', 'resource_type', '''AWS::EC2::Instance'''),
  ('changes', 'resource_id', '''i-0abc'''),
  ('changes', 'name', 'the resource''s own name, where it has one'),
  ('changes', 'account', '12 digits'),
  ('changes', 'region', '''eu-west-1'', or ''global'''),
  ('changes', 'version', 'the version that brought the change'),
  ('changes', 'at', 'when, ''YYYY-MM-DD HH:MM:SS'' UTC'),
  ('changes', 't', 'the same as epoch seconds'),
  ('changes', 'op', 'add | change | remove'),
  ('changes', 'property', '''configuration.instanceType'''),
  ('changes', 'before', 'text, number, or JSON text of an object or list'),
  ('changes', 'after', 'the value after'),
  ('changes', 'actor', 'who, where an event tells'),
  ('compliance', 'rid', 'join key shared by every view'),
  ('compliance', 'resource_type', '''AWS::EC2::Instance'''),
  ('compliance', 'resource_id', '''i-0abc'''),
  ('compliance', 'name', 'the resource''s own name, where it has one'),
  ('compliance', 'account', '12 digits'),
  ('compliance', 'region', '''eu-west-1'', or ''global'''),
  ('compliance', 'rule', 'the rule''s name'),
  ('compliance', 'result', 'COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA'),
  ('compliance', 'since', 'it has been so since'),
  ('compliance', 'annotation', 'why, where the rule says'),
  ('compliance_at', 't', 'REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows'),
  ('compliance_at', 'rid', 'join key shared by every view'),
  ('compliance_at', 'resource_type', '''AWS::EC2::Instance'''),
  ('compliance_at', 'resource_id', '''i-0abc'''),
  ('compliance_at', 'name', 'the resource''s own name, where it has one'),
  ('compliance_at', 'account', '12 digits'),
  ('compliance_at', 'region', '''eu-west-1'', or ''global'''),
  ('compliance_at', 'rule', 'the rule''s name'),
  ('compliance_at', 'result', 'COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA'),
  ('compliance_at', 'since', 'in force from (inclusive), UTC'),
  ('compliance_at', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('compliance_at', 'annotation', 'why, where the rule says'),
  ('compliance_history', 'rid', 'join key shared by every view'),
  ('compliance_history', 'resource_type', '''AWS::EC2::Instance'''),
  ('compliance_history', 'resource_id', '''i-0abc'''),
  ('compliance_history', 'name', 'the resource''s own name, where it has one'),
  ('compliance_history', 'account', '12 digits'),
  ('compliance_history', 'region', '''eu-west-1'', or ''global'''),
  ('compliance_history', 'rule', 'the rule''s name'),
  ('compliance_history', 'result', 'COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA'),
  ('compliance_history', 'since', 'in force from (inclusive), UTC'),
  ('compliance_history', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('compliance_history', 't', 'since, as epoch seconds'),
  ('compliance_history', 'annotation', 'why, where the rule says'),
  ('configs', 'rid', 'join key shared by every view'),
  ('configs', 'version', '1, 2, 3 ... per resource'),
  ('configs', 'configuration', 'the resource as its service describes it, JSON'),
  ('configs', 'supplementary', 'what further calls tell of it, JSON'),
  ('configs', 'tags_json', 'its tags, a JSON object'),
  ('coverage', 'account', '12 digits'),
  ('coverage', 'region', '''eu-west-1'', or ''global'''),
  ('coverage', 'resource_type', '''AWS::EC2::Instance'''),
  ('coverage', 'source', 'the source that looked'),
  ('coverage', 'state', 'complete | partial | blind | unsupported'),
  ('coverage', 'since', 'in force from (inclusive), UTC'),
  ('coverage', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('coverage', 'looks', 'how many looks there were'),
  ('coverage', 'last_look', 'when the last of them began'),
  ('coverage', 'seen', 'resources in the last of them'),
  ('coverage', 'reason', 'why the last of them was not complete'),
  ('coverage', 'code', 'the service''s own word for it'),
  ('deliveries', 'delivery', 'its number'),
  ('deliveries', 'channel', 'the delivery channel'),
  ('deliveries', 'kind', 'history | snapshot | oversized | check'),
  ('deliveries', 'account', '12 digits'),
  ('deliveries', 'region', '''eu-west-1'', or ''global'''),
  ('deliveries', 'resource_type', 'of a history file'),
  ('deliveries', 'due', 'the moment the file is for'),
  ('deliveries', 'state', 'done | due | failed (is tried again) | empty'),
  ('deliveries', 'done', 'when it was delivered'),
  ('deliveries', 'tries', 'how often it was tried'),
  ('deliveries', 'next_try', 'when it is tried next'),
  ('deliveries', 'items', 'configuration items in it'),
  ('deliveries', 'bytes', 'its size'),
  ('deliveries', 'file', 'where in the channel''s bucket or directory'),
  ('deliveries', 'error_code', 'the same in the service''s own word'),
  ('deliveries', 'error', 'why the last try failed'),
  ('diff', 'rid', 'join key shared by every view'),
  ('diff', 'resource_type', '''AWS::EC2::Instance'''),
  ('diff', 'resource_id', '''i-0abc'''),
  ('diff', 'v1', 'REQUIRED filter: the version before'),
  ('diff', 'v2', 'REQUIRED filter: the version after'),
  ('diff', 'property', '''configuration.instanceType'''),
  ('diff', 'op', 'add | change | remove'),
  ('diff', 'before', 'the value before'),
  ('diff', 'after', 'the value after'),
  ('drift', 't1', 'REQUIRED filter: as t of resources_at'),
  ('drift', 't2', 'REQUIRED filter'),
  ('drift', 'rid', 'join key shared by every view'),
  ('drift', 'resource_type', '''AWS::EC2::Instance'''),
  ('drift', 'resource_id', '''i-0abc'''),
  ('drift', 'name', 'the resource''s own name, where it has one'),
  ('drift', 'account', '12 digits'),
  ('drift', 'region', '''eu-west-1'', or ''global'''),
  ('drift', 'op', 'created | deleted | changed'),
  ('drift', 'v1', 'the version before; REQUIRED filter of diff'),
  ('drift', 'v2', 'for the view diff'),
  ('gaps', 'account', '12 digits'),
  ('gaps', 'region', '''eu-west-1'', or ''global'''),
  ('gaps', 'since', 'the end of the last look'),
  ('gaps', 'until', 'the next one began'),
  ('gaps', 't', 'the same as epoch seconds'),
  ('gaps', 'seconds', 'how long'),
  ('gaps', 'failed', 'looks that saw nothing'),
  ('gaps', 'reason', 'of the last of those'),
  ('help', 'name', 'the view'),
  ('help', 'what', 'what the view is'),
  ('help', 'example', 'a query that runs as it stands'),
  ('help_columns', 'view_name', 'the view'),
  ('help_columns', 'name', 'the column'),
  ('help_columns', 'means', 'what it means'),
  ('history', 'rid', 'join key shared by every view'),
  ('history', 'resource_type', '''AWS::EC2::Instance'''),
  ('history', 'resource_id', '''i-0abc'''),
  ('history', 'name', 'the resource''s own name, where it has one'),
  ('history', 'account', '12 digits'),
  ('history', 'region', '''eu-west-1'', or ''global'''),
  ('history', 'version', '1, 2, 3 ... per resource'),
  ('history', 'event', 'created | changed | deleted'),
  ('history', 'n_changes', 'how many properties changed'),
  ('history', 'at', 'in force from (inclusive)'),
  ('history', 'until', 'in force until (exclusive)'),
  ('history', 't', 'the same as epoch seconds'),
  ('history', 'actor', 'who, where an event tells'),
  ('history', 'status', 'as AWS Config spells it: OK | ResourceDiscovered | ResourceDeleted ...'),
  ('history', 'arn', 'Amazon Resource Name'),
  ('queries', 'name', 'what it is called'),
  ('queries', 'title', 'the question in words'),
  ('queries', 'sql', 'the query, which runs as it stands'),
  ('queries', 'chart', 'how it is best drawn: table | bar | line | number'),
  ('recorder', 'recorder', 'its name'),
  ('recorder', 'recording', '1: it runs'),
  ('recorder', 'status', 'PENDING | SUCCESS | FAILURE'),
  ('recorder', 'types', 'globs; NULL: every type of the catalogue'),
  ('recorder', 'every_seconds', 'a sweep so often'),
  ('recorder', 'role_arn', 'the role it was given'),
  ('recorder', 'started', 'when it was last started'),
  ('recorder', 'stopped', 'when it was last stopped'),
  ('recorder', 'changed', 'when status last changed'),
  ('recorder', 'next_sweep', 'when the next sweep is due'),
  ('recorder', 'error_code', 'the same in the service''s own word'),
  ('recorder', 'error', 'why the last try failed'),
  ('relationship_history', 'rid', 'join key shared by every view'),
  ('relationship_history', 'resource_type', '''AWS::EC2::Instance'''),
  ('relationship_history', 'resource_id', '''i-0abc'''),
  ('relationship_history', 'name', 'the resource''s own name, where it has one'),
  ('relationship_history', 'relation', '''Is contained in Vpc'''),
  ('relationship_history', 'target_type', 'type of what the link leads to'),
  ('relationship_history', 'target_id', 'id of what the link leads to'),
  ('relationship_history', 'target_rid', 'rid of what the link leads to, where it is recorded'),
  ('relationship_history', 'since', 'in force from (inclusive), UTC'),
  ('relationship_history', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('relationships', 'rid', 'join key shared by every view'),
  ('relationships', 'resource_type', '''AWS::EC2::Instance'''),
  ('relationships', 'resource_id', '''i-0abc'''),
  ('relationships', 'name', 'the resource''s own name, where it has one'),
  ('relationships', 'relation', '''Is contained in Vpc'''),
  ('relationships', 'target_type', 'type of what the link leads to'),
  ('relationships', 'target_id', 'id of what the link leads to'),
  ('relationships', 'target_rid', 'rid of what the link leads to, where it is recorded'),
  ('relationships', 'since', 'in force from (inclusive), UTC'),
  ('relationships_at', 't', 'the same as epoch seconds'),
  ('relationships_at', 'rid', 'join key shared by every view'),
  ('relationships_at', 'resource_type', '''AWS::EC2::Instance'''),
  ('relationships_at', 'resource_id', '''i-0abc'''),
  ('relationships_at', 'name', 'the resource''s own name, where it has one'),
  ('relationships_at', 'relation', '''Is contained in Vpc'''),
  ('relationships_at', 'target_type', 'type of what the link leads to'),
  ('relationships_at', 'target_id', 'id of what the link leads to'),
  ('relationships_at', 'target_rid', 'rid of what the link leads to, where it is recorded'),
  ('relationships_at', 'since', 'in force from (inclusive), UTC'),
  ('relationships_at', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('resources', 'rid', 'join key shared by every view'),
  ('resources', 'resource_type', '''AWS::EC2::Instance'''),
  ('resources', 'resource_id', '''i-0abc'''),
  ('resources', 'name', 'the resource''s own name, where it has one'),
  ('resources', 'account', '12 digits'),
  ('resources', 'region', '''eu-west-1'', or ''global'''),
  ('resources', 'az', 'availability zone'),
  ('resources', 'version', 'newest version number (1 = first seen)'),
  ('resources', 'at', 'when that version was captured, ''YYYY-MM-DD HH:MM:SS'' UTC'),
  ('resources', 't', 'the same as epoch seconds'),
  ('resources', 'actor', 'who, where an event tells'),
  ('resources', 'arn', 'Amazon Resource Name'),
  ('resources_at', 't', 'REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows'),
  ('resources_at', 'rid', 'join key shared by every view'),
  ('resources_at', 'resource_type', '''AWS::EC2::Instance'''),
  ('resources_at', 'resource_id', '''i-0abc'''),
  ('resources_at', 'name', 'the resource''s own name, where it has one'),
  ('resources_at', 'account', '12 digits'),
  ('resources_at', 'region', '''eu-west-1'', or ''global'''),
  ('resources_at', 'az', 'availability zone'),
  ('resources_at', 'version', '1, 2, 3 ... per resource'),
  ('resources_at', 'at', 'when the version then in force was captured'),
  ('resources_at', 'until', 'when it was superseded'),
  ('resources_at', 'actor', 'who, where an event tells'),
  ('resources_at', 'arn', 'Amazon Resource Name'),
  ('tags', 'rid', 'join key shared by every view'),
  ('tags', 'resource_type', '''AWS::EC2::Instance'''),
  ('tags', 'resource_id', '''i-0abc'''),
  ('tags', 'name', 'the resource''s own name, where it has one'),
  ('tags', 'key', 'the tag''s key'),
  ('tags', 'value', 'the tag''s value'),
  ('tags', 'since', 'in force from (inclusive), UTC'),
  ('tags_at', 't', 'the same as epoch seconds'),
  ('tags_at', 'rid', 'join key shared by every view'),
  ('tags_at', 'resource_type', '''AWS::EC2::Instance'''),
  ('tags_at', 'resource_id', '''i-0abc'''),
  ('tags_at', 'name', 'the resource''s own name, where it has one'),
  ('tags_at', 'key', 'the tag''s key'),
  ('tags_at', 'value', 'the tag''s value'),
  ('tags_at', 'since', 'in force from (inclusive), UTC'),
  ('tags_at', 'until', 'in force until (exclusive); ''9999-12-31 23:59:59'' = still'),
  ('timeline', 'rid', 'join key shared by every view'),
  ('timeline', 'resource_type', '''AWS::EC2::Instance'''),
  ('timeline', 'resource_id', '''i-0abc'''),
  ('timeline', 'name', 'the resource''s own name, where it has one'),
  ('timeline', 'account', '12 digits'),
  ('timeline', 'region', '''eu-west-1'', or ''global'''),
  ('timeline', 'at', 'when, ''YYYY-MM-DD HH:MM:SS'' UTC'),
  ('timeline', 't', 'the same as epoch seconds'),
  ('timeline', 'event', 'created | changed | deleted | compliance | link'),
  ('timeline', 'version', 'of created, changed and deleted'),
  ('timeline', 'actor', 'who, where an event tells'),
  ('timeline', 'summary', 'what changed; the rule and its result; the link that came (+) or went (-)')
);
CREATE VIEW "aws_s3_bucket" AS
  -- AWS::S3::Bucket: what exists now
SELECT r.rid, r.id AS resource_id, r.name, r.account, r.region, i.az, i.version, i.at,
       CAST(json_extract(x.value, '$.configuration.name') AS TEXT) AS bucket_name,
       CAST(json_extract(x.value, '$.configuration.creationDate') AS TEXT) AS creation_date
  FROM _resource r JOIN _item i ON i.item_id = r.last_item
  JOIN _document d ON d.document_id = i.document_id LEFT JOIN _document b ON b.document_id = d.base
  JOIN json_each('[' || CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END || ']') x
 WHERE r.type = 'AWS::S3::Bucket' AND r.deleted = 0
;
COMMIT;
PRAGMA application_id=1397312596;
PRAGMA user_version=3;
