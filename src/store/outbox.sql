-- name: outbox_add
INSERT INTO _outbox(kind, payload, created_ms, next_ms, lease_ms) VALUES (:kind, :payload, :now, :now, :lease);

-- name: outbox_done
-- alone
UPDATE _outbox SET done_ms = :now, result = :result, error = NULL, tries = tries + 1 WHERE outbox_id = :id;

-- name: outbox_failed
-- alone
UPDATE _outbox SET tries = tries + 1, error = :error, next_ms = :next, lease_ms = 0 WHERE outbox_id = :id;
