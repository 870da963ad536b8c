-- name: resource_add
INSERT INTO _resource(account, region, type, id, name, arn) VALUES (:account, :region, :type, :id, :name, :arn);

-- name: resource_settle
UPDATE _resource SET last_item = :item, deleted = :deleted, name = :name, arn = :arn, content = :content WHERE rid = :rid;

-- name: resource_rename
UPDATE _resource SET name = :name, arn = :arn WHERE rid = :rid;

-- name: resource_recontent
UPDATE _resource SET content = :content WHERE rid = :rid;

-- name: resource_find
-- plan: scan
-- Whom people may mean: the exact id, name or ARN before anything that begins so. What has no name
-- of its own goes by its tag Name.
SELECT r.rid AS rid, r.type AS type, r.id AS id, r.name AS name, r.account AS account, r.region AS region, r.arn AS arn, r.deleted AS deleted,
       CASE WHEN r.id = :what OR r.arn = :what THEN 0 WHEN r.name = :what THEN 1 ELSE 2 END AS fit
  FROM (SELECT p.rid, p.type, p.id, p.account, p.region, p.arn, p.deleted,
               coalesce(p.name, (SELECT g.value FROM _tag g WHERE g.rid = p.rid AND g.key = 'Name' AND g.until_ms = 253402300799000)) AS name
          FROM _resource p) r
 WHERE (:type IS NULL OR r.type = :type)
   AND (:account IS NULL OR r.account = :account) AND (:region IS NULL OR r.region = :region)
   AND (r.id = :what OR r.name = :what OR r.arn = :what OR substr(r.id, 1, length(:what)) = :what OR substr(r.name, 1, length(:what)) = :what)
 ORDER BY fit, r.deleted, r.type, r.id, r.rid LIMIT 50;

-- name: resource_types
-- plan: scan
-- The types of the store that a word means: the whole name, or its last part in any case.
SELECT DISTINCT r.type AS type FROM _resource r
 WHERE r.type = :word OR r.type GLOB :word OR lower(r.type) = lower(:word) OR lower(r.type) LIKE '%::' || lower(:word)
 ORDER BY r.type;
