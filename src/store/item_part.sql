-- Items in the order in which they were written, so many numbers at a time.

-- name: item_part_list
-- plan: scan
-- The stamp is another one when items were added or, where there are fewer of them, removed by retention.
SELECT p.first AS first, p.last AS last, p.n AS n, (SELECT lower(hex(x.digest)) FROM _item x WHERE x.item_id = p.last) AS digest
  FROM (SELECT min(i.item_id) AS first, max(i.item_id) AS last, count(*) AS n FROM _item i GROUP BY (i.item_id - 1) / :size) p
 ORDER BY p.first;

-- name: item_part_items
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _item i CROSS JOIN _resource r ON r.rid = i.rid
 WHERE i.item_id BETWEEN :first AND :last
 ORDER BY i.item_id;
