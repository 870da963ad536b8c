-- Everything that verify looks at, streamed in orders that indices have.

-- name: verify_integrity
-- plan: scan
-- SQLite's own check: pages, indices, types. The first findings will do.
SELECT integrity_check AS finding FROM pragma_integrity_check(20);

-- name: verify_items
-- plan: scan
-- Every item with what it says, as stored: resources one by one, their versions rising.
SELECT i.item_id AS item_id, i.rid AS rid, i.version AS version, i.captured_ms AS captured_ms, i.recorded_ms AS recorded_ms,
       i.until_ms AS until_ms, i.status AS status, i.az AS az, i.created_ms AS created_ms, i.actor AS actor,
       i.source_id AS source_id, i.document_id AS document_id, i.n_changes AS n_changes, i.digest AS digest,
       i.state_id AS state_id, coalesce(i.name, r.name) AS name, coalesce(i.arn, r.arn) AS arn, i.extra AS extra,
       i.at IS strftime('%Y-%m-%d %H:%M:%S', i.captured_ms/1000, 'unixepoch')
         AND i.until IS strftime('%Y-%m-%d %H:%M:%S', i.until_ms/1000, 'unixepoch') AND i.t IS i.captured_ms/1000
         AND i.event IS CASE WHEN i.status LIKE 'ResourceDeleted%' THEN 'deleted' WHEN i.status = 'ResourceDiscovered' THEN 'created'
                           WHEN i.status = 'ResourceNotRecorded' THEN 'not recorded' ELSE 'changed' END AS at_fits,
       r.rid AS found, r.account AS account, r.region AS region, r.type AS type, r.id AS id,
       r.pruned AS pruned, r.last_item AS last_item, r.deleted AS deleted,
       d.document_id AS document_found, d.base AS base, d.sha256 AS sha256, d.body AS body, c.changes AS changes
  FROM _item i INDEXED BY _item_version
  LEFT JOIN _resource r ON r.rid = i.rid LEFT JOIN _document d ON d.document_id = i.document_id LEFT JOIN _diff c ON c.item_id = i.item_id
 ORDER BY i.rid, i.version;

-- name: verify_keyframe
-- No row: there is none, or it is no keyframe.
SELECT d.body AS body FROM _document d WHERE d.document_id = :document AND d.base IS NULL;

-- name: verify_tags
-- The tags of a resource that hold at a moment.
SELECT g.key AS key, g.value AS value FROM _tag g INDEXED BY _tag_rid
 WHERE g.rid = :rid AND g.until_ms > :at AND g.since_ms <= :at;

-- name: verify_empty_resources
-- plan: scan
-- Resources that claim items and have none.
SELECT r.account AS account, r.region AS region, r.type AS type, r.id AS id
  FROM _resource r WHERE r.last_item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.rid = r.rid);

-- name: verify_edges
-- plan: scan
-- Links that end before they begin, or whose beginning or end is not a version's.
SELECT e.edge_id AS edge_id, e.name AS name, e.target_id AS target, r.account AS account, r.region AS region, r.type AS type, r.id AS id
  FROM _edge e LEFT JOIN _resource r ON r.rid = e.rid
 WHERE e.since_ms >= e.until_ms OR r.rid IS NULL
    OR (r.pruned = 0 AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.rid = e.rid AND i.captured_ms = e.since_ms))
    OR (e.until_ms < 253402300799000 AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.rid = e.rid AND i.captured_ms = e.until_ms));

-- name: verify_digests
-- plan: scan
-- All digests there are or were, in the order in which seals hold them.
SELECT item_id AS item_id, digest AS digest, 0 AS pruned, recorded_ms AS at_ms FROM _item
UNION ALL SELECT item_id, digest, 1, pruned_ms FROM _pruned
 ORDER BY 1;

-- name: verify_seals
-- plan: scan
SELECT seal_id AS seal_id, first_item AS first_item, last_item AS last_item, n AS n, sealed_ms AS sealed_ms, items AS items,
       previous AS previous, digest AS digest, key_id AS key_id, signature AS signature
  FROM _seal ORDER BY seal_id;

-- name: verify_who
-- Whose an item is.
SELECT r.account AS account, r.region AS region, r.type AS type, r.id AS id, i.version AS version, i.captured_ms AS captured_ms
  FROM _item i JOIN _resource r ON r.rid = i.rid WHERE i.item_id = :item;

-- name: verify_first_in
-- The first item that a range of ids holds.
SELECT i.item_id AS item_id FROM _item i WHERE i.item_id BETWEEN :first AND :last ORDER BY i.item_id LIMIT 1;

-- name: verify_sealing_since
-- plan: scan
-- Since when every commit seals: items of before may be without a seal until the next one.
SELECT applied_ms AS applied_ms FROM _migration WHERE number = 3;


-- name: verify_last_pruned
SELECT coalesce(max(item_id), 0) AS item_id FROM _pruned;

-- name: verify_views
-- plan: scan
SELECT v.name AS name, v.sql AS sql FROM sqlite_schema v WHERE v.type IN ('view', 'trigger') ORDER BY v.name;

-- name: verify_view
-- plan: scan
SELECT v.sql AS sql FROM sqlite_schema v WHERE v.type IN ('view', 'trigger') AND v.name = :name;
