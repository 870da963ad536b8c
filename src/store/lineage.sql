-- The items of one resource in their order: by capture time, of two with the same by state id, of two
-- with the same by item_id. Versions are ranks in it.

-- name: lineage_find
SELECT r.rid AS rid, r.name AS name, r.arn AS arn, r.pruned AS pruned, i.item_id AS item_id, i.version AS version,
       i.captured_ms AS captured_ms, coalesce(i.state_id, i.captured_ms) AS state_id, i.document_id AS document_id, r.content AS content, r.deleted AS deleted
  FROM _resource r LEFT JOIN _item i ON i.item_id = r.last_item
 WHERE r.id = :id AND r.type = :type AND r.account = :account AND r.region = :region;

-- name: lineage_get
SELECT account AS account, region AS region, type AS type, id AS id, name AS name, arn AS arn, last_item AS last_item, pruned AS pruned, deleted AS deleted, content AS content
  FROM _resource WHERE rid = :rid;

-- name: lineage_next
-- plan: scan
SELECT rid AS rid FROM _resource WHERE rid > :after ORDER BY rid LIMIT 1;

-- name: lineage_has
SELECT 1 AS yes FROM _item WHERE rid = :rid AND captured_ms = :captured AND coalesce(state_id, captured_ms) = :state;

-- name: lineage_add_resource
INSERT INTO _resource(account, region, type, id, name, arn, last_item, deleted, content)
VALUES (:account, :region, :type, :id, :name, :arn, :item, :deleted, :content);

-- name: lineage_settle
UPDATE _resource SET last_item = :item, deleted = :deleted, name = :name, arn = :arn, content = :content WHERE rid = :rid;

-- name: lineage_go_on
-- The same, where only the newest item is another: what is not set costs no index.
UPDATE _resource SET last_item = :item, content = :content WHERE rid = :rid;

-- name: lineage_document
-- How an item's document is stored.
SELECT d.sha256 AS sha256, d.body AS body, coalesce(d.base, d.document_id) AS base, b.body AS base_body
  FROM _item i JOIN _document d ON d.document_id = i.document_id LEFT JOIN _document b ON b.document_id = d.base
 WHERE i.item_id = :item;

-- name: lineage_add_item
INSERT INTO _item(item_id, rid, version, captured_ms, recorded_ms, until_ms, status, az, created_ms, actor, source_id, document_id,
                  n_changes, digest, state_id, name, arn, extra)
VALUES (:item, :rid, :version, :captured, :recorded, :until, :status, :az, :created, :actor, :source, :document,
        :n_changes, :digest, :state, :name, :arn, :extra);

-- name: lineage_keep_names
-- The resource is called otherwise from now on: what its items said stays as it was.
UPDATE _item
   SET name = CASE WHEN coalesce(name, :old_name, '') = coalesce(:name, '') THEN NULL ELSE coalesce(name, :old_name, '') END,
       arn = CASE WHEN coalesce(arn, :old_arn, '') = coalesce(:arn, '') THEN NULL ELSE coalesce(arn, :old_arn, '') END
 WHERE rid = :rid AND item_id <> :except;

-- name: lineage_lowest_version
SELECT coalesce(min(version), 0) AS version FROM _item WHERE rid = :rid;

-- name: lineage_items
-- plan: scan
SELECT i.item_id AS item_id, i.version AS version, i.captured_ms AS captured_ms, i.until_ms AS until_ms, i.document_id AS document_id,
       i.n_changes AS n_changes
  FROM _item i WHERE i.rid = :rid ORDER BY i.captured_ms, coalesce(i.state_id, i.captured_ms), i.item_id;

-- name: lineage_names
SELECT i.document_id AS document_id, i.name AS name, i.arn AS arn FROM _item i WHERE i.item_id = :item;

-- name: lineage_place
UPDATE _item SET version = :version, until_ms = :until, n_changes = :n_changes WHERE item_id = :item;

-- name: lineage_diff
SELECT changes AS changes FROM _diff WHERE item_id = :item;

-- name: lineage_put_diff
INSERT OR REPLACE INTO _diff(item_id, changes) VALUES (:item, :changes);

-- name: lineage_drop_diff
DELETE FROM _diff WHERE item_id = :item;

-- name: lineage_count
INSERT INTO _activity(day, type, event, n) VALUES (strftime('%Y-%m-%d', :captured / 1000, 'unixepoch'), :type, :event, :n)
ON CONFLICT (day, type, event) DO UPDATE SET n = n + excluded.n;

-- name: lineage_edges
SELECT edge_id AS edge_id, name AS name, target_type AS target_type, link AS link, ext AS ext, by AS by, target_id AS target_id,
       target_rid AS target_rid, since_ms AS since_ms, until_ms AS until_ms
  FROM _edge INDEXED BY _edge_rid WHERE rid = :rid AND until_ms >= :until;

-- name: lineage_add_edge
INSERT INTO _edge(rid, name, target_type, target_id, target_rid, by, link, ext, since_ms, until_ms)
VALUES (:rid, :name, :target_type, :target_id, :target_rid, :by, :link, :ext, :since, :until);

-- name: lineage_end_edge
UPDATE _edge SET until_ms = :until WHERE edge_id = :edge;

-- name: lineage_drop_edge
DELETE FROM _edge WHERE edge_id = :edge;

-- name: lineage_tags
SELECT tag_id AS tag_id, key AS key, value AS value, since_ms AS since_ms, until_ms AS until_ms
  FROM _tag INDEXED BY _tag_rid WHERE rid = :rid AND until_ms >= :until;

-- name: lineage_add_tag
INSERT INTO _tag(rid, key, value, since_ms, until_ms) VALUES (:rid, :key, :value, :since, :until);

-- name: lineage_end_tag
UPDATE _tag SET until_ms = :until WHERE tag_id = :tag;

-- name: lineage_drop_tag
DELETE FROM _tag WHERE tag_id = :tag;

-- name: lineage_resolve_ids
-- plan: scan
-- As edge.sql does it for links that hold, here for those that held once, too. Of several that are meant the
-- first by region and id is taken, so that the order in which they were brought in does not matter.
UPDATE _edge AS e SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource s JOIN _resource t ON t.id = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global' OR EXISTS (SELECT 1 FROM _type y WHERE y.type = t.type AND y.scope = 'global-list'))
    WHERE s.rid = e.rid ORDER BY t.deleted, t.region <> s.region, t.region LIMIT 1)
 WHERE target_rid IS NULL AND by = 'id'
   AND EXISTS (SELECT 1 FROM _resource s JOIN _resource t ON t.id = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global' OR EXISTS (SELECT 1 FROM _type y WHERE y.type = t.type AND y.scope = 'global-list'))
    WHERE s.rid = e.rid);

-- name: lineage_resolve_names
-- plan: scan
UPDATE _edge AS e SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource s JOIN _resource t ON t.name = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global')
    WHERE s.rid = e.rid ORDER BY t.deleted, t.region <> s.region, t.region, t.id LIMIT 1)
 WHERE target_rid IS NULL AND by = 'name'
   AND EXISTS (SELECT 1 FROM _resource s JOIN _resource t ON t.name = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global') WHERE s.rid = e.rid);

-- name: lineage_resolve_arns
-- plan: scan
UPDATE _edge AS e SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource t WHERE t.arn = e.link AND t.type = e.target_type ORDER BY t.deleted, t.account, t.region, t.id LIMIT 1)
 WHERE target_rid IS NULL AND by = 'arn'
   AND EXISTS (SELECT 1 FROM _resource t WHERE t.arn = e.link AND t.type = e.target_type);

-- name: lineage_activity_wrong
-- plan: scan
-- Days whose counts are not those of the items. Where retention has removed some, whole days were removed too,
-- and counts that are left tell of more items than there are: those may be too high, but not too low.
WITH x(day, type, event, n) AS
  (SELECT substr(i.at, 1, 10), r.type, i.event, count(*) FROM _item i JOIN _resource r ON r.rid = i.rid GROUP BY 1, 2, 3)
SELECT x.day AS day, x.type AS type, x.event AS event, x.n AS n
  FROM x LEFT JOIN _activity a ON a.day = x.day AND a.type = x.type AND a.event = x.event
 WHERE a.n < x.n OR (a.n IS NOT x.n AND NOT EXISTS (SELECT 1 FROM _pruned))
UNION ALL
SELECT a.day, a.type, a.event, 0
  FROM _activity a LEFT JOIN x ON x.day = a.day AND x.type = a.type AND x.event = a.event
 WHERE x.n IS NULL AND NOT EXISTS (SELECT 1 FROM _pruned);

-- name: lineage_set_activity
INSERT OR REPLACE INTO _activity(day, type, event, n) VALUES (:day, :type, :event, :n);

-- name: lineage_drop_activity
DELETE FROM _activity WHERE day = :day AND type = :type AND event = :event;
