-- name: publication_drop
-- alone
-- plan: scan
DELETE FROM _outbox WHERE kind = 'publish'
   AND (:path IS NULL OR payload <> json_object('every_ms', CAST(:every AS INTEGER), 'path', :path));

-- name: publication_add
-- alone
-- plan: scan
INSERT INTO _outbox(kind, payload, created_ms, next_ms)
SELECT 'publish', json_object('every_ms', CAST(:every AS INTEGER), 'path', :path), :now, 0
 WHERE NOT EXISTS (SELECT 1 FROM _outbox WHERE kind = 'publish');

-- name: publication_get
-- plan: scan
SELECT json_extract(payload, '$.path') AS path, json_extract(payload, '$.every_ms') AS every_ms, next_ms,
       coalesce(done_ms, 0) AS done_ms, error
  FROM _outbox WHERE kind = 'publish';

-- name: publication_tried
-- alone
-- plan: scan
UPDATE _outbox SET tries = CASE WHEN :error IS NULL THEN 0 ELSE tries + 1 END, error = :error,
       done_ms = CASE WHEN :error IS NULL THEN :now ELSE done_ms END,
       next_ms = :now + CASE WHEN :error IS NULL THEN json_extract(payload, '$.every_ms')
                             ELSE min(60000, json_extract(payload, '$.every_ms')) END
 WHERE kind = 'publish';
