-- name: store_add_migration
INSERT INTO _migration(number, name, sha256, applied_ms, program) VALUES (:number, :name, :sha256, :now, :program);

-- name: store_last_migration
-- plan: scan
SELECT number AS number, program AS program FROM _migration ORDER BY number DESC LIMIT 1;
