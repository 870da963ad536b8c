-- name: custom_type_newest
SELECT version AS version, schema AS schema FROM _custom_type WHERE type = :type ORDER BY version DESC LIMIT 1;

-- name: custom_type_get
SELECT schema AS schema FROM _custom_type WHERE type = :type AND version = :version;

-- name: custom_type_add
INSERT INTO _custom_type(type, version, schema, registered_ms) VALUES (:type, :version, :schema, :now);

-- name: custom_type_remove
DELETE FROM _custom_type WHERE type = :type;

-- name: custom_type_live
-- plan: scan
-- Resources of registered types that are there; :type and :id are left out.
SELECT count(*) AS n FROM _custom_type c CROSS JOIN _resource r INDEXED BY _resource_type ON r.type = c.type
 WHERE c.version = '00000001' AND r.account = :account AND r.deleted = 0 AND NOT (r.type = :type AND r.id = :id AND r.region = :region);

-- name: custom_type_resource
-- One resource as it is known.
SELECT rid AS rid, deleted AS deleted FROM _resource WHERE id = :id AND type = :type AND account = :account AND region = :region;
