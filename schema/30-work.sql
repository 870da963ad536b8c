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
  outcome     TEXT NOT NULL,              -- complete | partial | failed | unsupported
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
