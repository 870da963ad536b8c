-- name: item_newest
-- The newest item of a resource.
SELECT i.item_id AS item_id, i.version AS version, i.captured_ms AS captured_ms, i.status AS status, i.document_id AS document_id
  FROM _item i WHERE i.rid = :rid ORDER BY i.version DESC LIMIT 1;

-- name: item_last
-- plan: scan
-- The last id given out: what is sealed may be gone, and its id is not given to another.
SELECT max(coalesce((SELECT max(item_id) FROM _item), 0),
           coalesce((SELECT last_item FROM _seal ORDER BY seal_id DESC LIMIT 1), 0)) AS item_id;

-- name: item_add
-- plan: scan
-- Behind the last id given out, as item_last has it.
INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, status, az, created_ms, actor, source_id, document_id, n_changes,
                  digest, state_id, name, arn, extra, cause_id)
VALUES (1 + max(coalesce((SELECT max(item_id) FROM _item), 0),
                coalesce((SELECT last_item FROM _seal ORDER BY seal_id DESC LIMIT 1), 0)),
        :rid, :version, :captured, :recorded, :status, :az, :created, :actor, :source, :document, :n_changes,
        :digest, :state, :name, :arn, :extra, :cause);

-- name: item_keep_name
-- A resource is about to be called something else: its earlier items go on saying what they said.
UPDATE _item SET name = coalesce(name, (SELECT coalesce(r.name, '') FROM _resource r WHERE r.rid = :rid AND r.name IS NOT :name))
 WHERE rid = :rid AND item_id <> :item AND (SELECT r.name IS NOT :name FROM _resource r WHERE r.rid = :rid);

-- name: item_keep_arn
UPDATE _item SET arn = coalesce(arn, (SELECT coalesce(r.arn, '') FROM _resource r WHERE r.rid = :rid AND r.arn IS NOT :arn))
 WHERE rid = :rid AND item_id <> :item AND (SELECT r.arn IS NOT :arn FROM _resource r WHERE r.rid = :rid);

-- name: item_close
UPDATE _item SET until_ms = :until WHERE item_id = :item;

-- name: item_add_diff
INSERT INTO _diff(item_id, changes) VALUES (:item, :changes);

-- name: item_count_activity
INSERT INTO _activity(day, type, event, n) VALUES (strftime('%Y-%m-%d', :captured / 1000, 'unixepoch'), :type, :event, 1)
ON CONFLICT (day, type, event) DO UPDATE SET n = n + 1;

-- name: item_files
-- plan: scan
-- Configuration items, oldest first; columns as item_text() wants them.
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since AND i.captured_ms <= :until
   AND (:type IS NULL OR glob_any(r.type, :type))
   AND (:rid IS NULL OR r.rid = :rid)
 ORDER BY i.captured_ms, i.item_id;

-- name: item_file
-- One item in AWS's file spelling.
SELECT f.body AS body FROM _item_file f WHERE f.item_id = :item;

-- name: item_in_force
-- The item of a resource in force at a moment.
SELECT i.item_id AS item_id, i.version AS version, i.document_id IS NULL AS gone, i.captured_ms AS captured_ms
  FROM _item i WHERE i.rid = :rid AND i.captured_ms <= :at ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1;

-- name: item_version
SELECT i.item_id AS item_id, i.document_id IS NULL AS gone, i.captured_ms AS captured_ms, i.at AS at, i.actor AS actor
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

-- name: item_resource
SELECT i.rid AS rid FROM _item i WHERE i.item_id = :item;
