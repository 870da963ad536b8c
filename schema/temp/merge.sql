-- Where the looks of several stores are put together: the same look once, in an order of their own.
CREATE TEMP TABLE merge_look (
  sweep_ms    INTEGER NOT NULL,
  source_id   INTEGER NOT NULL,           -- 0: none
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL,
  started_ms  INTEGER NOT NULL,
  ended_ms    INTEGER NOT NULL,
  outcome     TEXT NOT NULL,
  reason      TEXT NOT NULL,              -- '' for NULL, which would never be the same as another
  code        TEXT NOT NULL,
  seen        INTEGER NOT NULL,
  written     INTEGER NOT NULL,
  calls       INTEGER NOT NULL,
  PRIMARY KEY (sweep_ms, source_id, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls)
) WITHOUT ROWID;
