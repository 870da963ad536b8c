-- name: access_key_add
INSERT INTO _access_key(key_id, kind, account, role, allow, deny, sealed, enabled, expires_ms, made_ms, changed_ms, note)
VALUES (:key_id, :kind, :account, :role, :allow, :deny, :sealed, 1, :expires, :now, :now, :note)
ON CONFLICT (key_id) DO NOTHING;

-- name: access_key_get
SELECT k.key_id AS key_id, k.kind AS kind, k.account AS account, k.role AS role, k.allow AS allow, k.deny AS deny, k.sealed AS sealed,
       k.enabled AS enabled, k.expires_ms AS expires_ms, k.made_ms AS made_ms, k.changed_ms AS changed_ms, k.used_ms AS used_ms, k.note AS note
  FROM _access_key k WHERE k.key_id = :key_id;

-- name: access_key_walk
-- plan: scan
SELECT k.key_id AS key_id, k.kind AS kind, k.account AS account, k.role AS role, k.allow AS allow, k.deny AS deny, k.sealed AS sealed,
       k.enabled AS enabled, k.expires_ms AS expires_ms, k.made_ms AS made_ms, k.changed_ms AS changed_ms, k.used_ms AS used_ms, k.note AS note
  FROM _access_key k ORDER BY k.key_id;

-- name: access_key_reseal
UPDATE _access_key SET sealed = :sealed, changed_ms = :now WHERE key_id = :key_id;

-- name: access_key_enable
-- alone
UPDATE _access_key SET enabled = :enabled WHERE key_id = :key_id;

-- name: access_key_remove
-- alone
DELETE FROM _access_key WHERE key_id = :key_id;

-- name: access_key_used
UPDATE _access_key SET used_ms = :used WHERE key_id = :key_id AND coalesce(used_ms, 0) < :used;
