-- Where a sweep gathers what it sees before anything is recorded: a relationship can only be told when
-- both ends are known, so items are written when the whole sweep was described.

-- One row per resource described (gone 0), found to be gone (1), or not recorded any more (2).
CREATE TEMP TABLE stage (
  stage_id      INTEGER PRIMARY KEY,
  account       TEXT NOT NULL,
  region        TEXT NOT NULL,
  type          TEXT NOT NULL,
  id            TEXT NOT NULL,
  name          TEXT,
  arn           TEXT,
  az            TEXT,
  created_ms    INTEGER,
  captured_ms   INTEGER NOT NULL,
  gone          INTEGER NOT NULL DEFAULT 0,
  configuration TEXT,
  supplementary TEXT,
  tags          TEXT,
  cause         INTEGER,                     -- stage_cause: the event that it was looked at for
  known_hash    BLOB,                        -- what its listing said, see _known; NULL: that tells nothing
  known_page    INTEGER,
  known_full    INTEGER NOT NULL DEFAULT 0,  -- calls were made for it
  UNIQUE (type, id, account, region)
);

-- The events that had resources looked at.
CREATE TEMP TABLE stage_cause (
  cause         INTEGER PRIMARY KEY,
  event_id      TEXT NOT NULL,
  event_name    TEXT NOT NULL,
  event_source  TEXT NOT NULL,
  actor         TEXT,
  source_ip     TEXT,
  user_agent    TEXT,
  at_ms         INTEGER,
  region        TEXT,
  account       TEXT
);

-- What the catalogue's rules find in the staged configurations.
CREATE TEMP TABLE stage_edge (
  stage_id    INTEGER NOT NULL,
  name        TEXT NOT NULL,
  target_type TEXT NOT NULL,
  link        TEXT NOT NULL,
  by          TEXT NOT NULL,
  emit        TEXT,
  ext         INTEGER NOT NULL,
  target_id   TEXT,
  target_name TEXT,
  PRIMARY KEY (stage_id, name, target_type, link, ext)
) WITHOUT ROWID;

-- Everything that will be live when the sweep is recorded.
CREATE TEMP TABLE stage_known (
  type    TEXT NOT NULL,
  id      TEXT NOT NULL,
  name    TEXT,
  arn     TEXT,
  account TEXT NOT NULL,
  region  TEXT NOT NULL,
  PRIMARY KEY (type, id, account, region)
) WITHOUT ROWID;
CREATE INDEX temp.stage_known_name ON stage_known(type, name);
CREATE INDEX temp.stage_known_arn ON stage_known(arn);

-- Links by where they lead to: for relationships that are shown on the other side.
CREATE TEMP TABLE stage_link (
  account     TEXT NOT NULL,
  target_type TEXT NOT NULL,
  target_id   TEXT NOT NULL,
  relation    TEXT NOT NULL,
  from_type   TEXT NOT NULL,
  from_id     TEXT NOT NULL,
  from_name   TEXT,
  PRIMARY KEY (account, target_type, target_id, relation, from_type, from_id)
) WITHOUT ROWID;

-- How each listing went; becomes _coverage.
CREATE TEMP TABLE stage_look (
  look_id    INTEGER PRIMARY KEY,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  type       TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms   INTEGER NOT NULL,
  outcome    TEXT NOT NULL,
  reason     TEXT,
  code       TEXT,
  seen       INTEGER NOT NULL,
  calls      INTEGER NOT NULL,
  written    INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX temp.stage_look_type ON stage_look(type, account);

-- Live resources that were listed as they are known, and so were not staged.
CREATE TEMP TABLE stage_same (
  rid        INTEGER PRIMARY KEY,
  page       INTEGER                         -- where it is listed now; NULL: where it was
);

-- The pages that were listed.
CREATE TEMP TABLE stage_page (
  page       INTEGER PRIMARY KEY,
  hash       BLOB NOT NULL,
  n          INTEGER,                        -- resources; NULL: nothing new is known of it
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  type       TEXT NOT NULL
);
