-- name: channel_put
-- A new one begins with the newest event; its files are due at the next multiple of six hours, its
-- snapshots at the next multiple of their frequency. One that is there keeps its place.
INSERT INTO _channel(name, target, prefix, kms_key, topic, frequency, endpoint, region, profile,
                     history_event, history_at_ms, snapshot_at_ms, stream_status, stream_changed_ms)
VALUES (:name, :target, :prefix, :kms_key, :topic, :frequency, :endpoint, :region, :profile,
        (SELECT coalesce(max(event_id), 0) FROM _event), (:now / 21600000 + 1) * 21600000,
        CASE WHEN :every > 0 THEN (:now / :every + 1) * :every END,
        CASE WHEN :topic IS NULL THEN 'NOT_APPLICABLE' END, CASE WHEN :topic IS NULL THEN :now END)
ON CONFLICT (name) DO UPDATE SET
  target = excluded.target, prefix = excluded.prefix, kms_key = excluded.kms_key, topic = excluded.topic,
  endpoint = excluded.endpoint, region = excluded.region, profile = excluded.profile,
  snapshot_at_ms = CASE WHEN frequency IS excluded.frequency THEN snapshot_at_ms ELSE excluded.snapshot_at_ms END,
  frequency = excluded.frequency,
  stream_status = CASE WHEN topic IS excluded.topic THEN stream_status ELSE excluded.stream_status END,
  stream_changed_ms = CASE WHEN topic IS excluded.topic THEN stream_changed_ms ELSE excluded.stream_changed_ms END,
  stream_error_code = CASE WHEN topic IS excluded.topic THEN stream_error_code END,
  stream_error = CASE WHEN topic IS excluded.topic THEN stream_error END;

-- name: channel_sink_remove
DELETE FROM _sink WHERE name = 'channel:' || :name;

-- name: channel_get
SELECT name, target, prefix, kms_key, topic, frequency, endpoint, region, profile, history_event, history_at_ms,
       coalesce(snapshot_at_ms, 0) AS snapshot_at_ms
  FROM _channel WHERE name = :name;

-- name: channel_list
-- plan: scan
SELECT name, target, prefix, kms_key, topic, frequency, endpoint, region, profile, history_event, history_at_ms,
       coalesce(snapshot_at_ms, 0) AS snapshot_at_ms
  FROM _channel ORDER BY name;

-- name: channel_status
SELECT snapshot_status, coalesce(snapshot_tried_ms, 0) AS snapshot_tried_ms, coalesce(snapshot_ok_ms, 0) AS snapshot_ok_ms,
       coalesce(snapshot_at_ms, 0) AS snapshot_at_ms, snapshot_error_code, snapshot_error,
       history_status, coalesce(history_tried_ms, 0) AS history_tried_ms, coalesce(history_ok_ms, 0) AS history_ok_ms,
       history_at_ms, history_error_code, history_error,
       stream_status, coalesce(stream_changed_ms, 0) AS stream_changed_ms, stream_error_code, stream_error
  FROM _channel WHERE name = :name;

-- name: channel_remove
DELETE FROM _channel WHERE name = :name;
