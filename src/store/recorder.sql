-- name: recorder_get
-- plan: scan
SELECT name, role_arn, types, every_ms, recording, coalesce(started_ms, 0) AS started_ms, coalesce(stopped_ms, 0) AS stopped_ms,
       status, coalesce(status_ms, 0) AS status_ms, error_code, error, next_ms
  FROM _recorder LIMIT 1;

-- name: recorder_put
-- Other settings take effect at once.
INSERT INTO _recorder(name, role_arn, types, every_ms) VALUES (:name, :role_arn, :types, :every)
ON CONFLICT (name) DO UPDATE SET role_arn = excluded.role_arn, types = excluded.types, every_ms = excluded.every_ms, next_ms = 0;

-- name: recorder_start
-- plan: scan
UPDATE _recorder SET recording = 1, started_ms = :now, status = 'PENDING', status_ms = :now, error_code = NULL, error = NULL, next_ms = 0
 WHERE NOT recording;

-- name: recorder_stop
-- plan: scan
UPDATE _recorder SET recording = 0, stopped_ms = :now WHERE recording;

-- name: recorder_swept
-- plan: scan
-- alone
UPDATE _recorder SET next_ms = :started + every_ms,
       status = CASE WHEN :error IS NULL THEN 'SUCCESS' ELSE 'FAILURE' END, status_ms = :now,
       error_code = CASE WHEN :error IS NOT NULL THEN :error_code END, error = :error
 WHERE recording;
