-- The copy for dashboards: plain tables with declared types, as any SQLite from 3.9 on opens them. `at` and the
-- like are text, 'YYYY-MM-DD HH:MM:SS' UTC; `t` is the same as epoch seconds. Columns are called as in the store's views.

-- What this copy is: of which moment, of what state of the store, made by which program.
CREATE TABLE about (
  name          TEXT PRIMARY KEY,
  value         TEXT
);
-- What exists, with its configuration as JSON.
CREATE TABLE resources (
  rid           INTEGER PRIMARY KEY,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  account       TEXT,
  region        TEXT,
  az            TEXT,
  version       INTEGER,
  at            DATETIME,
  t             INTEGER,
  actor         TEXT,
  arn           TEXT,
  configuration TEXT,
  supplementary TEXT,
  tags_json     TEXT
);
-- Every version of every resource.
CREATE TABLE history (
  rid           INTEGER,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  account       TEXT,
  region        TEXT,
  version       INTEGER,
  event         TEXT,
  n_changes     INTEGER,
  at            DATETIME,
  until         DATETIME,
  t             INTEGER,
  actor         TEXT,
  status        TEXT,
  PRIMARY KEY (rid, version)
) WITHOUT ROWID;
-- One row per property that changed.
CREATE TABLE changes (
  rid           INTEGER,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  account       TEXT,
  region        TEXT,
  version       INTEGER,
  at            DATETIME,
  t             INTEGER,
  op            TEXT,
  property      TEXT,
  before        TEXT,
  after         TEXT,
  actor         TEXT
);
-- Links with the interval [since, until) in which they held; current = 1: they hold.
CREATE TABLE relationships (
  rid           INTEGER,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  relation      TEXT,
  target_type   TEXT,
  target_id     TEXT,
  target_rid    INTEGER,
  since         DATETIME,
  until         DATETIME,
  current       INTEGER
);
-- Tags that resources have, one row per key.
CREATE TABLE tags (
  rid           INTEGER,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  key           TEXT,
  value         TEXT,
  since         DATETIME,
  PRIMARY KEY (rid, key)
) WITHOUT ROWID;
-- What rules found, with the interval [since, until) for which it held; current = 1: it holds.
CREATE TABLE compliance (
  rid           INTEGER,
  resource_type TEXT,
  resource_id   TEXT,
  name          TEXT,
  account       TEXT,
  region        TEXT,
  rule          TEXT,
  result        TEXT,
  annotation    TEXT,
  since         DATETIME,
  until         DATETIME,
  t             INTEGER,
  current       INTEGER
);
-- How many items of a type there were on a day, by what happened.
CREATE TABLE activity (
  day           DATE,
  t             INTEGER,
  resource_type TEXT,
  event         TEXT,
  n             INTEGER,
  PRIMARY KEY (day, resource_type, event)
) WITHOUT ROWID;
