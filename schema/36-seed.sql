-- What the configuration file last made of a row. A row that still says so follows the file; one that a command
-- or the API changed since does not.
CREATE TABLE _seed (
  kind        TEXT NOT NULL,              -- recorder | source | channel | sink
  name        TEXT NOT NULL,
  said        TEXT NOT NULL,              -- the row's settings, one line each
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
