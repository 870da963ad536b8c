-- The chain of evidence: each commit seals the items it added, each seal names the one before. Nobody can
-- change, add or take away an item behind a seal without breaking the chain from there on.
CREATE TABLE _seal (
  seal_id     INTEGER PRIMARY KEY,        -- 1, 2, 3 ... without a gap
  first_item  INTEGER NOT NULL,           -- the items in [first_item, last_item] are sealed; ids never given out again
  last_item   INTEGER NOT NULL,
  n           INTEGER NOT NULL,           -- so many there were
  sealed_ms   INTEGER NOT NULL,
  items       BLOB NOT NULL,              -- SHA-256 over the items' digests, one behind the other in the order of item_id
  previous    BLOB NOT NULL,              -- digest of the seal before; 32 zero bytes for the first
  digest      BLOB NOT NULL,              -- SHA-256 over all of the above, see store/seal.h
  key_id      TEXT,                       -- whose signature: SHA-256 of the public key, in hex
  signature   BLOB                        -- Ed25519 over digest; NULL: not signed
) STRICT;

-- What retention has removed: the digests stay, so that the seals can still be checked.
CREATE TABLE _pruned (
  item_id     INTEGER PRIMARY KEY,
  digest      BLOB NOT NULL,
  pruned_ms   INTEGER NOT NULL
) STRICT;

-- How long items are kept that are no longer in force; no row: for ever.
CREATE TABLE _retention (
  name        TEXT PRIMARY KEY,           -- 'default'
  days        INTEGER NOT NULL
) STRICT;
