-- Configuration items as the API gives them. Columns as item_answer() wants them: those of item_text().

-- name: history_resource
-- plan: scan
-- Who is meant: the one of the region, else the one that has none.
SELECT r.rid AS rid
  FROM _resource r
 WHERE r.id = :id AND r.type = :type AND r.account = :account AND r.region IN (:region, 'global')
   AND EXISTS (SELECT 1 FROM _item i WHERE i.rid = r.rid AND i.captured_ms <= :at_ms)
 ORDER BY r.region = 'global' LIMIT 1;

-- name: history_newest_first
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _resource r JOIN _item i ON i.rid = r.rid
 WHERE r.rid = :rid AND i.captured_ms BETWEEN :since AND :until
   AND (:after_ms IS NULL OR (i.captured_ms, i.version) < (:after_ms, coalesce((SELECT b.version FROM _item b WHERE b.item_id = :after_item), 0)))
 ORDER BY i.captured_ms DESC, i.version DESC LIMIT :limit;

-- name: history_oldest_first
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _resource r JOIN _item i ON i.rid = r.rid
 WHERE r.rid = :rid AND i.captured_ms BETWEEN :since AND :until
   AND (:after_ms IS NULL OR (i.captured_ms, i.version) > (:after_ms, coalesce((SELECT b.version FROM _item b WHERE b.item_id = :after_item), 9e18)))
 ORDER BY i.captured_ms, i.version LIMIT :limit;

-- name: history_in_force
-- plan: scan
-- The item in force of a resource that is not gone.
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _resource r CROSS JOIN _item i
    ON i.item_id = CASE WHEN :at_ms >= 253402300799000 THEN r.last_item
                   ELSE (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                          ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
 WHERE r.id = :id AND r.type = :type AND r.account = :account AND r.region IN (:region, 'global') AND i.event <> 'deleted'
 ORDER BY r.region = 'global' LIMIT 1;
