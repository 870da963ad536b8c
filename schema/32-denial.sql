-- Where looking was refused: it is not asked again for a while, longer each time.
CREATE TABLE _denial (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,              -- where it was asked; '' with type '*'
  type        TEXT NOT NULL,              -- '*': nobody could become that account
  since_ms    INTEGER NOT NULL,           -- the first of the refusals
  last_ms     INTEGER NOT NULL,           -- the last of them
  times       INTEGER NOT NULL,           -- how many there were
  again_ms    INTEGER NOT NULL,           -- not asked before, but by hand
  reason      TEXT NOT NULL,
  code        TEXT,                       -- the service's own error code, where it gave one
  PRIMARY KEY (account, region, type)
) STRICT, WITHOUT ROWID;
