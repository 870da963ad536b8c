-- What an export into a lake works on; gone with the connection.

-- Partitions that are to be written.
CREATE TEMP TABLE lake_part (
  day         TEXT NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL,
  PRIMARY KEY (day, account, region, type)
) WITHOUT ROWID;

-- The items of the day that is being written, partition by partition.
CREATE TEMP TABLE lake_item (
  place       INTEGER PRIMARY KEY,
  item_id     INTEGER NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL
);

-- The manifest: what the last run left and this one writes.
CREATE TEMP TABLE lake_file (
  key         TEXT PRIMARY KEY,
  rows        INTEGER NOT NULL,
  bytes       INTEGER NOT NULL,
  sha256      TEXT NOT NULL
) WITHOUT ROWID;
