-- name: store_add_migration
INSERT INTO _migration(number, name, sha256, applied_ms, program) VALUES (:number, :name, :sha256, :now, :program);

-- name: store_last_migration
-- plan: scan
SELECT number AS number, program AS program FROM _migration ORDER BY number DESC LIMIT 1;

-- name: store_identity
-- plan: scan
SELECT a.application_id AS application_id, u.user_version AS user_version, (SELECT count(*) FROM sqlite_schema) AS objects
  FROM pragma_application_id a, pragma_user_version u;

-- name: store_derived_objects
-- plan: scan
-- What every upgrade makes anew.
SELECT type AS type, name AS name FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type, name;

-- name: store_quick_check
-- plan: scan
SELECT quick_check AS finding FROM pragma_quick_check(1);
