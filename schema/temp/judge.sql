-- What a rule's statement sees while it judges: `item`, `estate` and `link`, filled for one place and one moment.
CREATE TEMP TABLE judge_document (
  item_id       INTEGER PRIMARY KEY,
  rid           INTEGER NOT NULL,
  version       INTEGER NOT NULL,
  resource_type TEXT NOT NULL,
  resource_id   TEXT NOT NULL,
  name          TEXT,
  arn           TEXT,
  account       TEXT NOT NULL,
  region        TEXT NOT NULL,
  az            TEXT,
  status        TEXT NOT NULL,
  captured_ms   INTEGER NOT NULL,
  created_ms    INTEGER,
  configuration TEXT,
  supplementary TEXT NOT NULL,
  tags          TEXT NOT NULL,
  until_ms      INTEGER NOT NULL,
  current       INTEGER NOT NULL          -- 0: a version that was in force before the moment
);
CREATE INDEX temp.judge_document_type ON judge_document(resource_type, resource_id);
CREATE INDEX temp.judge_document_rid ON judge_document(rid);
-- Types whose documents are all there.
CREATE TEMP TABLE judge_loaded (type TEXT PRIMARY KEY) WITHOUT ROWID;
-- What is to be judged.
CREATE TEMP TABLE judge_item (item_id INTEGER PRIMARY KEY);
-- What changed, where nothing else is to be judged: the resource, and its newest item.
CREATE TEMP TABLE judge_touched (
  rid         INTEGER PRIMARY KEY,
  item_id     INTEGER NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL
);
CREATE INDEX temp.judge_touched_type ON judge_touched(type, account, region);
-- Types that were listed completely there for the first time.
CREATE TEMP TABLE judge_listed (
  type        TEXT NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  PRIMARY KEY (type, account, region)
) WITHOUT ROWID;
-- What the statement said.
CREATE TEMP TABLE judge_answer (
  answer_id   INTEGER PRIMARY KEY,
  item_id     INTEGER UNIQUE,             -- NULL: of what is no item
  rid         INTEGER,                    -- NULL: of what nothing is known here
  type        TEXT NOT NULL,
  id          TEXT NOT NULL,
  result      TEXT NOT NULL,
  annotation  TEXT,
  captured_ms INTEGER                     -- of the item
);
CREATE UNIQUE INDEX temp.judge_answer_named ON judge_answer(type, id) WHERE item_id IS NULL;
CREATE INDEX temp.judge_answer_rid ON judge_answer(rid);
CREATE TEMP TABLE judge_moment (at_ms INTEGER NOT NULL);

CREATE TEMP VIEW item AS
SELECT d.item_id, d.rid, d.version, d.resource_type, d.resource_id, d.name, d.arn, d.account, d.region, d.az, d.status,
       d.captured_ms, d.created_ms, d.configuration, d.supplementary, d.tags
  FROM temp.judge_item j JOIN temp.judge_document d ON d.item_id = j.item_id;
CREATE TEMP VIEW estate AS
SELECT d.item_id, d.rid, d.version, d.resource_type, d.resource_id, d.name, d.arn, d.account, d.region, d.az, d.status,
       d.captured_ms, d.created_ms, d.configuration, d.supplementary, d.tags
  FROM temp.judge_document d WHERE d.current = 1;
CREATE TEMP VIEW link AS
SELECT d.rid, d.resource_type, d.resource_id, e.name AS relation, e.target_type, e.target_id, e.target_rid
  FROM temp.judge_document d CROSS JOIN main._edge e ON e.rid = d.rid
 WHERE d.current = 1 AND e.until_ms > (SELECT m.at_ms FROM temp.judge_moment m) AND e.since_ms <= (SELECT m.at_ms FROM temp.judge_moment m);
