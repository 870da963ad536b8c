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
-- Started again while it records, it looks at once and is otherwise as it was.
UPDATE _recorder SET started_ms = CASE WHEN recording THEN started_ms ELSE :now END,
       status = CASE WHEN recording THEN status ELSE 'PENDING' END,
       status_ms = CASE WHEN recording THEN status_ms ELSE :now END,
       error_code = CASE WHEN recording THEN error_code END, error = CASE WHEN recording THEN error END,
       recording = 1, next_ms = 0;

-- name: recorder_stop
-- plan: scan
UPDATE _recorder SET recording = 0, stopped_ms = :now WHERE recording;

-- name: recorder_swept
-- plan: scan
-- alone
-- One that failed is tried again in a minute.
UPDATE _recorder SET next_ms = CASE WHEN :error IS NULL THEN :started + every_ms ELSE min(:started + every_ms, :now + 60000) END,
       status = CASE WHEN :error IS NULL THEN 'SUCCESS' ELSE 'FAILURE' END, status_ms = :now,
       error_code = CASE WHEN :error IS NOT NULL THEN :error_code END, error = :error
 WHERE recording;
