-- How far the log files of a source's trail are read.
CREATE TABLE _trail (
  source_id   INTEGER PRIMARY KEY REFERENCES _source(source_id),
  place       TEXT NOT NULL,              -- s3://BUCKET/PREFIX; another one begins anew
  since_ms    INTEGER NOT NULL,           -- files written before are left alone
  next_ms     INTEGER NOT NULL DEFAULT 0, -- not looked at before
  read_ms     INTEGER,                    -- when all there was had been looked at last
  error       TEXT                        -- why the last round was not whole
) STRICT;

-- A folder of one account and region: all of the days before is read.
CREATE TABLE _trail_folder (
  source_id   INTEGER NOT NULL REFERENCES _source(source_id),
  folder      TEXT NOT NULL,              -- of keys, up to the region: PREFIX/AWSLogs/ACCOUNT/CloudTrail/REGION/
  day         TEXT NOT NULL,              -- 2026/11/23: the oldest day that is still looked at
  last_key    TEXT NOT NULL DEFAULT '',   -- the greatest that was read; what comes late has a smaller one
  PRIMARY KEY (source_id, folder)
) STRICT, WITHOUT ROWID;

-- Log files that were read in the days still looked at, and every one that could not be.
CREATE TABLE _trail_file (
  source_id   INTEGER NOT NULL REFERENCES _source(source_id),
  key         TEXT NOT NULL,
  folder      TEXT NOT NULL,
  day         TEXT NOT NULL,
  state       TEXT NOT NULL,              -- done | failed (is tried again) | gone (it is no longer there)
  tries       INTEGER NOT NULL,
  last_ms     INTEGER NOT NULL,           -- when it was read last
  next_ms     INTEGER NOT NULL,           -- failed: not tried before
  events      INTEGER NOT NULL,           -- in it, as far as it was read
  heeded      INTEGER NOT NULL,           -- of which led to a look
  error       TEXT,
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX _trail_file_failed ON _trail_file(source_id, next_ms) WHERE state = 'failed';
