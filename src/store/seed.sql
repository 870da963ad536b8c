-- name: seed_get
SELECT said AS said FROM _seed WHERE kind = :kind AND name = :name;

-- name: seed_put
-- alone
INSERT INTO _seed(kind, name, said) VALUES (:kind, :name, :said)
ON CONFLICT (kind, name) DO UPDATE SET said = excluded.said;

-- name: seed_remove
-- alone
DELETE FROM _seed WHERE kind = :kind AND name = :name;

-- name: seed_next
SELECT name AS name FROM _seed WHERE kind = :kind AND name > :after ORDER BY name LIMIT 1;
