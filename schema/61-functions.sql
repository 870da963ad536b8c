-- Functions that are run here, and what they said.

-- Functions that are run here.
CREATE TABLE _function (
  name        TEXT PRIMARY KEY,
  runtime     TEXT NOT NULL,              -- python3.11 | nodejs20.x | provided ...
  handler     TEXT NOT NULL,
  code        TEXT NOT NULL,              -- the folder its code is in
  timeout_ms  INTEGER NOT NULL,
  memory_mb   INTEGER NOT NULL,
  concurrency INTEGER NOT NULL,           -- so many of it run at a time
  environment TEXT NOT NULL DEFAULT '{}', -- JSON: name to value; to null: taken from the daemon's own when it is started
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What they said, the last runs of each.
CREATE TABLE _function_run (
  run_id      INTEGER PRIMARY KEY,
  name        TEXT NOT NULL,
  request_id  TEXT NOT NULL,
  rule        TEXT,                       -- whose evaluation it was
  started_ms  INTEGER NOT NULL,
  took_ms     INTEGER NOT NULL,
  outcome     TEXT NOT NULL,              -- ok | or what went wrong, as Lambda calls it: Function.Timeout, Runtime.ExitError ...
  error       TEXT,
  log         TEXT                        -- the end of what it printed
) STRICT;
CREATE INDEX _function_run_of ON _function_run(name, run_id);
