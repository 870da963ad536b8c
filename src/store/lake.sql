-- name: lake_newest
-- plan: scan
SELECT coalesce(max(item_id), 0) AS item_id, coalesce((SELECT lower(hex(digest)) FROM _seal WHERE seal_id = 1), '') AS chain FROM _item;

-- name: lake_is_open
-- plan: scan
SELECT 1 AS one FROM temp.sqlite_schema WHERE name = 'lake_part';

-- name: lake_clear_parts
-- alone
-- plan: scan
DELETE FROM lake_part;

-- name: lake_clear_items
-- alone
-- plan: scan
DELETE FROM lake_item;

-- name: lake_clear_files
-- alone
-- plan: scan
DELETE FROM lake_file;

-- name: lake_plan
-- alone
-- plan: scan
-- An item that came late moves the version of those behind it, so their partitions are written again, too.
INSERT OR IGNORE INTO lake_part(day, account, region, type)
SELECT substr(i.at, 1, 10), r.account, r.region, r.type
  FROM (SELECT rid, min(captured_ms) AS from_ms FROM _item WHERE item_id > :last AND item_id <= :newest GROUP BY rid) n
  JOIN _item i ON i.rid = n.rid AND i.captured_ms >= n.from_ms
  JOIN _resource r ON r.rid = n.rid;

-- name: lake_day
-- plan: scan
SELECT day FROM lake_part WHERE day > :after ORDER BY day LIMIT 1;

-- name: lake_gather
-- alone
-- plan: scan
INSERT INTO lake_item(item_id, account, region, type)
SELECT i.item_id, p.account, p.region, p.type
  FROM _item i
  JOIN _resource r ON r.rid = i.rid
  JOIN lake_part p ON p.day = :day AND p.account = r.account AND p.region = r.region AND p.type = r.type
 WHERE i.at >= :day AND i.at < date(:day, '+1 day') AND i.item_id <= :newest
 ORDER BY p.account, p.region, p.type, i.captured_ms, i.item_id;

-- name: lake_next
SELECT place, item_id, account, region, type FROM lake_item WHERE place > :after ORDER BY place LIMIT 1;

-- name: lake_item
SELECT r.id AS resource_id,
       CASE WHEN i.name IS NULL THEN r.name ELSE nullif(i.name, '') END AS name,
       CASE WHEN i.arn IS NULL THEN r.arn ELSE nullif(i.arn, '') END AS arn,
       i.version, i.captured_ms, i.recorded_ms, i.status, i.event, i.az, i.created_ms, i.actor, i.n_changes,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _item i JOIN _resource r ON r.rid = i.rid
  LEFT JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base
 WHERE i.item_id = :item;

-- name: lake_change
SELECT json_extract(c.value, '$.op') AS op, json_extract(c.value, '$.path') AS property,
       CAST(json_extract(c.value, '$.before') AS TEXT) AS before, CAST(json_extract(c.value, '$.after') AS TEXT) AS after
  FROM _diff d, json_each(d.changes) c WHERE d.item_id = :item;

-- name: lake_file_put
-- alone
INSERT INTO lake_file(key, rows, bytes, sha256) VALUES (:key, :rows, :bytes, :sha256)
ON CONFLICT (key) DO UPDATE SET rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256;

-- name: lake_file_get
SELECT rows, bytes, sha256 FROM lake_file WHERE key = :key;

-- name: lake_files
-- plan: scan
SELECT key, rows, bytes, sha256 FROM lake_file ORDER BY key;
