-- name: item_newest
-- The newest item of a resource.
SELECT i.item_id AS item_id, i.version AS version, i.captured_ms AS captured_ms, i.status AS status, i.document_id AS document_id
  FROM _item i WHERE i.rid = :rid ORDER BY i.version DESC LIMIT 1;

-- name: item_last
-- plan: scan
SELECT coalesce(max(item_id), 0) AS item_id FROM _item;

-- name: item_add
INSERT INTO _item(rid, version, captured_ms, recorded_ms, status, az, created_ms, actor, source_id, document_id, n_changes, digest)
VALUES (:rid, :version, :captured, :recorded, :status, :az, :created, :actor, :source, :document, :n_changes, :digest);

-- name: item_close
UPDATE _item SET until_ms = :until WHERE item_id = :item;

-- name: item_add_diff
INSERT INTO _diff(item_id, changes) VALUES (:item, :changes);

-- name: item_count_activity
INSERT INTO _activity(day, type, event, n) VALUES (strftime('%Y-%m-%d', :captured / 1000, 'unixepoch'), :type, :event, 1)
ON CONFLICT (day, type, event) DO UPDATE SET n = n + 1;

-- name: item_files
-- plan: scan
-- Configuration items in AWS's file spelling, oldest first.
SELECT f.body AS body, i.item_id AS item_id
  FROM _item i JOIN _resource r ON r.rid = i.rid JOIN _item_file f ON f.item_id = i.item_id
 WHERE i.captured_ms >= :since AND i.captured_ms <= :until
   AND (:type IS NULL OR glob_any(r.type, :type))
   AND (:rid IS NULL OR r.rid = :rid)
 ORDER BY i.captured_ms, i.item_id;

-- name: item_file
-- One item in AWS's file spelling.
SELECT f.body AS body FROM _item_file f WHERE f.item_id = :item;

-- name: item_in_force
-- The item of a resource in force at a moment.
SELECT i.item_id AS item_id, i.version AS version, i.status AS status, i.captured_ms AS captured_ms
  FROM _item i WHERE i.rid = :rid AND i.captured_ms <= :at ORDER BY i.captured_ms DESC, i.item_id DESC LIMIT 1;

-- name: item_version
SELECT i.item_id AS item_id, i.status AS status, i.captured_ms AS captured_ms, i.at AS at, i.actor AS actor
  FROM _item i WHERE i.rid = :rid AND i.version = :version;

-- name: item_document
SELECT d.document AS document FROM _item_document d WHERE d.item_id = :item;

-- name: item_change
-- An item with its resource and the document before it.
SELECT r.account AS account, r.region AS region, r.type AS type, r.id AS id, r.name AS name, r.arn AS arn,
       i.captured_ms AS captured_ms, i.status AS status, i.az AS az, i.created_ms AS created_ms,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document,
       (SELECT d.document FROM _item p JOIN _item_document d ON d.item_id = p.item_id
         WHERE p.rid = i.rid AND p.version = i.version - 1) AS before
  FROM _item i JOIN _resource r ON r.rid = i.rid WHERE i.item_id = :item;
