-- name: event_add
INSERT INTO _event(at_ms, kind, item_id, account, region, payload) VALUES (:at, :kind, :item, :account, :region, :payload);

-- name: event_newest
SELECT coalesce(max(v.event_id), 0) AS event_id FROM _event v;

-- name: event_walk
SELECT v.event_id AS event_id, v.at_ms AS at_ms, v.kind AS kind, coalesce(v.item_id, 0) AS item_id, v.account AS account,
       v.region AS region, v.payload AS payload
  FROM _event v WHERE v.event_id > :after ORDER BY v.event_id LIMIT :limit;
