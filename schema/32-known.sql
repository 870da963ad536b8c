-- What a listing said when its resources were last described, so that they need not be described again while it
-- says the same. All of this can be thrown away at any time: the next sweep describes everything, and writes it anew.

-- The item of a listing that a resource was described from.
CREATE TABLE _known (
  rid         INTEGER PRIMARY KEY,        -- _resource
  item_id     INTEGER NOT NULL,           -- its newest item then: nothing is known of a resource that has a newer one
  hash        BLOB,                       -- digest of the listed item, and of how and where it was read; NULL: it moves by itself
  page        INTEGER,                    -- _known_page
  full_ms     INTEGER,                    -- when calls of its own were last made for it; NULL: it takes none
  since_ms    INTEGER NOT NULL            -- when the hash last changed
) STRICT;
CREATE INDEX _known_hash ON _known(hash) WHERE hash IS NOT NULL;
CREATE INDEX _known_at ON _known(page) WHERE page IS NOT NULL;

-- A page of a listing. It holds while all of its resources are known.
CREATE TABLE _known_page (
  page        INTEGER PRIMARY KEY,        -- digest of source, place, type, catalogue entry, parent and number of the page
  hash        BLOB NOT NULL,              -- digest of its items
  n           INTEGER NOT NULL,           -- how many resources they are
  source_id   INTEGER NOT NULL,
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  type        TEXT NOT NULL
) STRICT;
CREATE INDEX _known_page_look ON _known_page(type, account, region);

-- How far the relationships of what a source sees are told at both ends: up to this item. What was written since (by
-- a sweep that died, after an event, by another source) may have left the other end as it was.
CREATE TABLE _known_mark (
  source_id   INTEGER PRIMARY KEY,
  item_id     INTEGER NOT NULL
) STRICT;
