-- name: seal_last
-- plan: scan
-- The head of the chain.
SELECT seal_id AS seal_id, last_item AS last_item, digest AS digest FROM _seal ORDER BY seal_id DESC LIMIT 1;

-- name: seal_unsealed
-- What the next seal covers.
SELECT item_id AS item_id, digest AS digest FROM _item WHERE item_id > :after ORDER BY item_id;

-- name: seal_add
INSERT INTO _seal(seal_id, first_item, last_item, n, sealed_ms, items, previous, digest, key_id, signature)
VALUES (:seal, :first, :last, :n, :sealed, :items, :previous, :digest, :key_id, :signature);

-- name: seal_head
-- plan: scan
-- The head of the chain, whole.
SELECT seal_id AS seal_id, last_item AS last_item, sealed_ms AS sealed_ms, digest AS digest, key_id AS key_id, signature AS signature
  FROM _seal ORDER BY seal_id DESC LIMIT 1;
