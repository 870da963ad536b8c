-- name: source_get
SELECT source_id AS source_id, name AS name, kind AS kind, settings AS settings, kept AS kept FROM _source WHERE name = :name;

-- name: source_put
INSERT INTO _source(name, kind, settings, kept) VALUES (:name, :kind, :settings, :kept)
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings, kept = max(kept, excluded.kept);

-- name: source_unkeep
UPDATE _source SET kept = 0 WHERE name = :name AND kept = 1;

-- name: source_list
-- plan: scan
SELECT source_id AS source_id, name AS name, kind AS kind, settings AS settings, kept AS kept FROM _source WHERE kept = 1 OR :all ORDER BY name;
