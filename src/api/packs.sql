-- Operations within operations, and packs in the making.

-- name: within_begin
SAVEPOINT within;

-- name: within_back
ROLLBACK TO within;

-- name: within_end
RELEASE within;

-- name: pack_put
-- plan: scan
INSERT INTO _conformance_pack(account, region, name, pack_id, arn, bucket, prefix, inputs, template, scope, state, requested_ms)
SELECT :account, :region, n.name, n.id, config_arn(:region, :account, 'conformance-pack/' || n.name || '/' || n.id),
       json_extract(:request, '$.DeliveryS3Bucket'), json_extract(:request, '$.DeliveryS3KeyPrefix'),
       coalesce(json_extract(:request, '$.ConformancePackInputParameters'), '[]'), json_extract(:request, '$.TemplateBody'),
       json_extract(:request, '$.Scope'), 'CREATE_IN_PROGRESS', :now_ms
  FROM (SELECT json_extract(:request, '$.ConformancePackName') AS name, 'conformance-pack-' || random_id(9) AS id LIMIT 1) n
 WHERE true
ON CONFLICT (account, region, name) DO UPDATE
   SET bucket = excluded.bucket, prefix = excluded.prefix, inputs = excluded.inputs, template = excluded.template, scope = excluded.scope,
       state = excluded.state, reason = NULL, requested_ms = excluded.requested_ms, completed_ms = NULL, revision = revision + 1;

-- name: pack_get
SELECT p.pack_id AS pack_id, p.arn AS arn, p.state AS state, p.reason AS reason
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = :name;

-- name: pack_free_rules
-- They are ours for as long as the pack is made.
UPDATE _config_rule SET created_by = NULL
 WHERE account = :account AND region = :region AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name);

-- name: pack_drop_rules
UPDATE _config_rule SET state = 'DELETING', state_ms = :now_ms
 WHERE account = :account AND region = :region AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name)
   AND name NOT IN (SELECT json_extract(r.value, '$.ConfigRuleName') FROM json_each(:rules) r);

-- name: pack_drop_rules_end
DELETE FROM _config_rule
 WHERE account = :account AND region = :region AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name)
   AND name NOT IN (SELECT json_extract(r.value, '$.ConfigRuleName') FROM json_each(:rules) r);

-- name: pack_drop_remediations
DELETE FROM _remediation
 WHERE account = :account AND region = :region AND rule IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name)
   AND rule NOT IN (SELECT json_extract(r.value, '$.ConfigRuleName') FROM json_each(:remediations) r);

-- name: pack_forget_rules
DELETE FROM _pack_rule WHERE account = :account AND region = :region AND pack = :name;

-- name: pack_note_rules
-- plan: scan
INSERT INTO _pack_rule(account, region, pack, rule, logical_id, controls)
SELECT :account, :region, :name, json_extract(r.value, '$.ConfigRuleName'), r.key,
       coalesce((SELECT k.value FROM json_each(:controls) k WHERE k.key = r.key), '[]') FROM json_each(:rules) r;

-- name: pack_lock_rules
UPDATE _config_rule
   SET created_by = 'config-conforms.amazonaws.com',
       arn = config_arn(:region, :account, 'config-rule/aws-service-rule/config-conforms.amazonaws.com/' || rule_id)
 WHERE account = :account AND region = :region AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name);

-- name: pack_lock_remediations
UPDATE _remediation SET created_by = 'config-conforms.amazonaws.com'
 WHERE account = :account AND region = :region AND rule IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = :name);

-- name: pack_end
UPDATE _conformance_pack SET state = :state, reason = substr(:reason, 1, 2000), completed_ms = :now_ms WHERE account = :account AND region = :region AND name = :name;
