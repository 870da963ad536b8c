-- Who may ask: keys that sign requests as AWS's SDKs do, and tokens that are shown. What is secret lies here sealed,
-- under a key that is in a file elsewhere, and bound to key_id, account, role, lists and expiry.
CREATE TABLE _access_key (
  key_id      TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('aws', 'token')),
  account     TEXT NOT NULL,              -- 12 digits: whose AWS Config it asks
  role        TEXT NOT NULL CHECK (role IN ('read-only', 'operator', 'admin')),
  allow       TEXT NOT NULL,              -- globs of operations with commas between them: nothing else; '' = what the role may
  deny        TEXT NOT NULL,              -- globs of operations: not these
  sealed      BLOB NOT NULL,              -- the secret, sealed; of a token a keyed hash of it
  enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  expires_ms  INTEGER,                    -- NULL: never
  made_ms     INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,           -- when it got its secret
  used_ms     INTEGER,                    -- to the hour or so; NULL: not yet
  note        TEXT NOT NULL
) STRICT;
