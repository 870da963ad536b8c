-- name: recorder_get
-- plan: scan
SELECT r.name AS name, r.role_arn AS role_arn, r.strategy = 'EXCLUSION_BY_RESOURCE_TYPES' AS excluding, r.globals = 0 AS no_globals,
       r.frequency = 'DAILY' AS daily,
       CASE WHEN r.strategy <> 'ALL_SUPPORTED_RESOURCE_TYPES' THEN coalesce((SELECT group_concat(l.type) FROM
            (SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name ORDER BY t.ord) l), '') END AS types,
       (SELECT group_concat(o.type || '=' || o.often) FROM (SELECT v.type, coalesce(v.frequency, (v.every_ms / 1000) || 's') AS often
          FROM _recorder_override v WHERE v.recorder = r.name ORDER BY v.ord) o) AS overrides,
       (SELECT group_concat(g.said, char(10)) FROM (SELECT CASE t.exclude WHEN 1 THEN '!' ELSE '' END || t.key || CASE t.any WHEN 1 THEN '' ELSE '=' || t.value END AS said
          FROM _recorder_tag t WHERE t.recorder = r.name ORDER BY t.exclude, t.key, t.value) g) AS tags,
       r.every_ms AS every_ms, r.recording AS recording, coalesce(r.started_ms, 0) AS started_ms, coalesce(r.stopped_ms, 0) AS stopped_ms,
       r.status AS status, coalesce(r.status_ms, 0) AS status_ms, r.error_code AS error_code, r.error AS error, r.next_ms AS next_ms, r.own_ms AS own_ms
  FROM _recorder r WHERE r.principal IS NULL LIMIT 1;

-- name: recorder_put
-- Other settings take effect at once.
INSERT INTO _recorder(name, role_arn, strategy, globals, frequency, every_ms, suffix)
VALUES (:name, :role_arn, CASE WHEN :types = 0 THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN :excluding THEN 'EXCLUSION_BY_RESOURCE_TYPES' ELSE 'INCLUSION_BY_RESOURCE_TYPES' END,
        :globals, CASE WHEN :daily THEN 'DAILY' ELSE 'CONTINUOUS' END, :every, lower(hex(randomblob(8))))
ON CONFLICT (name) DO UPDATE SET role_arn = excluded.role_arn, strategy = excluded.strategy, globals = excluded.globals,
       frequency = excluded.frequency, every_ms = excluded.every_ms, next_ms = 0;

-- name: recorder_clear_types
DELETE FROM _recorder_type WHERE recorder = :name;
-- name: recorder_clear_overrides
DELETE FROM _recorder_override WHERE recorder = :name;
-- name: recorder_clear_tags
DELETE FROM _recorder_tag WHERE recorder = :name;

-- name: recorder_add_type
INSERT OR IGNORE INTO _recorder_type(recorder, type, ord) VALUES (:name, :type, :ord);

-- name: recorder_add_override
INSERT OR REPLACE INTO _recorder_override(recorder, type, ord, frequency, every_ms) VALUES (:name, :type, :ord, :frequency, :every);

-- name: recorder_add_tag
INSERT OR REPLACE INTO _recorder_tag(recorder, key, value, any, exclude) VALUES (:name, :key, coalesce(:value, ''), :value IS NULL, :exclude);

-- name: recorder_owes
-- plan: scan
-- alone
UPDATE _recorder SET own_ms = :own WHERE principal IS NULL AND own_ms <> :own;

-- name: recorder_start
-- plan: scan
-- Started again while it records, it looks at once and is otherwise as it was.
UPDATE _recorder SET started_ms = CASE WHEN recording THEN started_ms ELSE :now END,
       status = CASE WHEN recording THEN status ELSE 'PENDING' END,
       status_ms = CASE WHEN recording THEN status_ms ELSE :now END,
       error_code = CASE WHEN recording THEN error_code END, error = CASE WHEN recording THEN error END,
       recording = 1, next_ms = 0 WHERE principal IS NULL;

-- name: recorder_stop
-- plan: scan
UPDATE _recorder SET recording = 0, stopped_ms = :now WHERE recording AND principal IS NULL;

-- name: recorder_swept
-- plan: scan
-- alone
-- One that failed is tried again in a minute.
UPDATE _recorder SET next_ms = CASE WHEN :error IS NULL THEN :started + every_ms ELSE min(:started + every_ms, :now + 60000) END,
       status = CASE WHEN :error IS NULL THEN 'SUCCESS' ELSE 'FAILURE' END, status_ms = :now,
       error_code = CASE WHEN :error IS NOT NULL THEN :error_code END, error = :error
 WHERE recording AND principal IS NULL;
