-- name: sink_put
INSERT INTO _sink(name, kind, target, predicate, settings, cursor)
VALUES (:name, :kind, :target, :predicate, :settings, coalesce(:cursor, (SELECT max(event_id) FROM _event), 0))
ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, target = excluded.target, predicate = excluded.predicate,
  settings = excluded.settings, cursor = coalesce(:cursor, cursor), next_ms = 0, tries = 0;

-- name: sink_get
SELECT s.name AS name, s.kind AS kind, s.target AS target, s.predicate AS predicate, s.settings AS settings, s.cursor AS cursor,
       s.next_ms AS next_ms, s.lease_ms AS lease_ms, s.tries AS tries, s.told_ms AS told_ms, s.error_code AS error_code, s.error AS error
  FROM _sink s WHERE s.name = :name;

-- name: sink_walk
-- plan: scan
SELECT s.name AS name, s.kind AS kind, s.target AS target, s.predicate AS predicate, s.settings AS settings, s.cursor AS cursor,
       s.next_ms AS next_ms, s.lease_ms AS lease_ms, s.tries AS tries, s.told_ms AS told_ms, s.error_code AS error_code, s.error AS error
  FROM _sink s ORDER BY s.name;

-- name: sink_remove
-- alone
DELETE FROM _sink WHERE name = :name;

-- name: sink_due
-- plan: scan
-- The sink that waits longest for something there is to tell. What lies further ahead than any wait or
-- lease reaches was written by a clock that has been put back since.
SELECT s.name AS name FROM _sink s
 WHERE s.cursor < (SELECT max(v.event_id) FROM _event v)
   AND (s.next_ms <= :now OR s.next_ms > :now + :wait_max)
   AND (s.lease_ms <= :now OR s.lease_ms > :lease)
 ORDER BY coalesce(s.told_ms, 0), s.name LIMIT 1;

-- name: sink_lease
UPDATE _sink SET lease_ms = :lease WHERE name = :name;

-- name: sink_release
-- alone
UPDATE _sink SET lease_ms = 0 WHERE name = :name AND lease_ms = :held;

-- name: sink_free_leases
-- plan: scan
-- alone
UPDATE _sink SET lease_ms = 0 WHERE lease_ms <> 0;

-- name: sink_passed
UPDATE _sink SET cursor = max(cursor, :event), lease_ms = :lease, tries = 0, next_ms = 0, told_ms = :now, error_code = NULL, error = NULL
 WHERE name = :name AND lease_ms = :held;

-- name: sink_told
UPDATE _sink SET cursor = max(cursor, :event), lease_ms = 0, tries = 0, next_ms = 0, told_ms = :now, error_code = NULL, error = NULL
 WHERE name = :name AND lease_ms = :held;

-- name: sink_failed
UPDATE _sink SET tries = tries + 1, next_ms = :next, lease_ms = 0, error_code = :code, error = :error
 WHERE name = :name AND lease_ms = :held;

-- name: sink_stream_status
-- What befalls the sink of a channel's topic is how that channel's notifications are.
UPDATE _channel SET stream_changed_ms = CASE WHEN stream_status IS :status THEN stream_changed_ms ELSE :now END,
       stream_status = :status, stream_error_code = :code, stream_error = :error
 WHERE name = substr(:sink, 9) AND :sink GLOB 'channel:*' AND topic IS NOT NULL
   AND (stream_status IS NOT :status OR stream_error_code IS NOT :code OR stream_error IS NOT :error);

-- name: sink_bury
INSERT INTO _dead(sink, event_id, at_ms, tries, error_code, error)
SELECT s.name, :event, :now, s.tries + 1, :code, :error FROM _sink s WHERE s.name = :name
ON CONFLICT (sink, event_id) DO UPDATE SET at_ms = excluded.at_ms, tries = excluded.tries, error_code = excluded.error_code, error = excluded.error;

-- name: sink_pass_buried
UPDATE _sink SET cursor = max(cursor, :event), tries = 0, next_ms = 0, error_code = :code, error = :error
 WHERE name = :name AND lease_ms = :held;

-- name: dead_walk
-- plan: scan
SELECT d.dead_id AS dead_id, d.sink AS sink, d.event_id AS event_id, d.at_ms AS at_ms, d.tries AS tries,
       d.error_code AS error_code, d.error AS error FROM _dead d WHERE d.dead_id > :after ORDER BY d.dead_id;

-- name: dead_get
SELECT d.dead_id AS dead_id, d.sink AS sink, d.event_id AS event_id, d.at_ms AS at_ms, d.tries AS tries,
       d.error_code AS error_code, d.error AS error FROM _dead d WHERE d.dead_id = :id;

-- name: dead_remove
-- alone
DELETE FROM _dead WHERE dead_id = :id;

-- name: dead_failed
-- alone
UPDATE _dead SET tries = tries + 1, at_ms = :now, error_code = :code, error = :error WHERE dead_id = :id;
