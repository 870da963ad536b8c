-- name: place_list
-- plan: scan
-- The accounts and regions that have something to show at a moment, and how many resources.
SELECT r.account AS account, r.region AS region, count(*) AS resources
  FROM _resource r
  JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
 WHERE i.status IN ('OK', 'ResourceDiscovered') AND (:account IS NULL OR r.account = :account)
 GROUP BY r.account, r.region ORDER BY r.account, r.region;

-- name: place_items
-- plan: scan
-- The item in force of every live resource of a place, by type and id; with :global those of no region
-- too; columns as item_text() wants them. Both halves come out of _resource_place in this order and are merged: nothing is sorted, so the
-- first row comes at once and memory does not grow with the store.
SELECT item_id AS item_id, captured_ms AS captured_ms, created_ms AS created_ms, status AS status, az AS az, account AS account,
       region AS region, type AS type, id AS id, name AS name, arn AS arn, state_id AS state_id, extra AS extra, document_id AS document_id, document AS document FROM (
  SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
         r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
         CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
    FROM _resource r
    JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                  ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
    LEFT JOIN _document d ON d.document_id = i.document_id
    LEFT JOIN _document b ON b.document_id = d.base
   WHERE r.account = :account AND r.region = :region AND i.status IN ('OK', 'ResourceDiscovered')
  UNION ALL
  SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
         r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
         CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
    FROM _resource r
    JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                  ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
    LEFT JOIN _document d ON d.document_id = i.document_id
    LEFT JOIN _document b ON b.document_id = d.base
   WHERE r.account = :account AND r.region = 'global' AND :global AND i.status IN ('OK', 'ResourceDiscovered')
   ORDER BY type, id);

-- name: place_home
-- plan: scan
-- The region that stands for those of an account that have none; as in delivery.sql.
SELECT CASE WHEN EXISTS (SELECT 1 FROM _resource h WHERE h.account = :account AND h.region = 'us-east-1') THEN 'us-east-1'
            ELSE coalesce((SELECT min(h.region) FROM _resource h WHERE h.account = :account AND h.region <> 'global'), 'us-east-1')
       END AS region;
