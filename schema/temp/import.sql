-- The files that an import is about to go through, in their order. With the connection it is gone.
CREATE TEMP TABLE import_file (
  sort    TEXT NOT NULL,                  -- the moment in its name, so that history comes in order
  name    TEXT NOT NULL,                  -- path or s3:// address
  source  INTEGER NOT NULL,               -- where it lies, counted from 0
  key     TEXT NOT NULL,                  -- how it is called there
  stamp   TEXT NOT NULL,
  bytes   INTEGER NOT NULL,
  PRIMARY KEY (sort, name)
) WITHOUT ROWID;
