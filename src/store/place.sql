-- name: place_list
-- plan: scan
-- The accounts and regions that have something to show at a moment, and how many resources.
SELECT r.account AS account, r.region AS region, count(*) AS resources
  FROM _resource r
  JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                ORDER BY x.captured_ms DESC, x.item_id DESC LIMIT 1)
 WHERE i.status IN ('OK', 'ResourceDiscovered') AND (:account IS NULL OR r.account = :account)
 GROUP BY r.account, r.region ORDER BY r.account, r.region;

-- name: place_items
-- plan: scan
-- The item in force of every live resource of a place, by type and id; with :global those of no region
-- too. Both halves come out of _resource_place in this order and are merged: nothing is sorted, so the
-- first row comes at once and memory does not grow with the store.
SELECT body AS body FROM (
  SELECT r.type AS type, r.id AS id, f.body AS body
    FROM _resource r
    JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                  ORDER BY x.captured_ms DESC, x.item_id DESC LIMIT 1)
    JOIN _item_file f ON f.item_id = i.item_id
   WHERE r.account = :account AND r.region = :region AND i.status IN ('OK', 'ResourceDiscovered')
  UNION ALL
  SELECT r.type, r.id, f.body
    FROM _resource r
    JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at
                                  ORDER BY x.captured_ms DESC, x.item_id DESC LIMIT 1)
    JOIN _item_file f ON f.item_id = i.item_id
   WHERE r.account = :account AND r.region = 'global' AND :global AND i.status IN ('OK', 'ResourceDiscovered')
   ORDER BY type, id);
