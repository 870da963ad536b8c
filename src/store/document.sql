-- name: document_add
INSERT INTO _document(base, sha256, body) VALUES (:base, :sha256, :body);

-- name: document_same
-- An earlier document of the same resource with this content; among its last thousand versions, so that
-- what changes all the time does not take longer and longer.
SELECT d.document_id AS document_id
  FROM _item i JOIN _document d ON d.document_id = i.document_id
 WHERE i.rid = :rid AND d.sha256 = :sha256
   AND i.version > (SELECT max(version) FROM _item WHERE rid = :rid) - 1000 ORDER BY i.version DESC LIMIT 1;

-- name: document_keyframe
-- The resource's last keyframe.
SELECT k.document_id AS document_id, k.body AS body
  FROM _item i JOIN _document d ON d.document_id = i.document_id JOIN _document k ON k.document_id = coalesce(d.base, d.document_id)
 WHERE i.rid = :rid AND i.document_id IS NOT NULL ORDER BY i.version DESC LIMIT 1;

-- name: document_newest
SELECT d.sha256 AS sha256
  FROM _resource r JOIN _item i ON i.item_id = r.last_item JOIN _document d ON d.document_id = i.document_id WHERE r.rid = :rid;
