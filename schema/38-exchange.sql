-- Files whose items were brought in: what an interrupted import goes on with, and a later one passes over.
CREATE TABLE _import (
  name        TEXT PRIMARY KEY,           -- path or s3:// address
  stamp       TEXT NOT NULL,              -- what it was then: ETag, or size and time of change
  items       INTEGER NOT NULL,           -- read from it so far
  new_items   INTEGER NOT NULL,           -- of which were not in the store
  done_ms     INTEGER,                    -- NULL: not to its end
  error       TEXT                        -- what could not be read, and where
) STRICT;

-- Questions people keep: the view queries shows these beside the program's own.
CREATE TABLE _query (
  name        TEXT PRIMARY KEY,
  title       TEXT NOT NULL,
  sql         TEXT NOT NULL,
  chart       TEXT                        -- how it is best drawn: table | bar | line | number
) STRICT;
