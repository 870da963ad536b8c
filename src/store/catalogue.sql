-- name: catalogue_get
SELECT doc AS doc, origin AS origin FROM _catalogue WHERE name = :name;

-- name: catalogue_put
-- plan: scan
INSERT INTO _catalogue(name, origin, doc) VALUES (:name, :origin, :doc);

-- name: catalogue_remove_program
-- plan: scan
DELETE FROM _catalogue WHERE origin = 'program';

-- name: catalogue_remove_user
DELETE FROM _catalogue WHERE name = :name AND origin = 'user';

-- name: catalogue_program_names
-- plan: scan
SELECT name AS name FROM _catalogue WHERE origin = 'program';

-- name: catalogue_reshred_user
-- plan: scan
-- The user's own types win: shred them again after the program's.
INSERT OR REPLACE INTO _catalogue(name, origin, doc) SELECT name, origin, doc FROM _catalogue WHERE origin = 'user';

-- name: catalogue_types
-- plan: scan
SELECT type AS type, engine AS engine, service AS service, scope AS scope, doc AS doc FROM _type
 WHERE :globs IS NULL OR glob_any(type, :globs) ORDER BY type;

-- name: catalogue_paths
-- plan: scan
SELECT kind AS kind, path AS path FROM _type_path WHERE type = :type ORDER BY kind, length(path) DESC, path;

-- name: catalogue_knows
-- plan: scan
SELECT 1 AS yes FROM _type WHERE type GLOB :glob LIMIT 1;

-- name: catalogue_has_type
SELECT 1 AS yes FROM _type WHERE type = :type;

-- name: catalogue_events
-- Which resources an event is about, and where it names them.
SELECT type AS type, path AS path, by AS by, match AS match, strip AS strip FROM _type_event WHERE source = :source AND event = :event;

-- name: catalogue_inverses
SELECT name AS name, from_type AS from_type FROM _type_inverse WHERE type = :type;

-- name: catalogue_path_types
-- plan: scan
SELECT DISTINCT type AS type FROM _type_path;
