-- name: case_choose
-- alone
-- plan: scan
-- What was in force at some time from :since to :until.
INSERT INTO case_item(item_id, rid, document_id)
SELECT i.item_id, i.rid, i.document_id
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms <= :until AND i.until_ms > :since
   AND (:account IS NULL OR r.account = :account)
   AND (:region IS NULL OR r.region GLOB :region)
   AND (:types IS NULL OR glob_any(r.type, :types))
   AND (:rid = 0 OR r.rid = :rid);

-- name: case_count
-- plan: scan
SELECT (SELECT count(*) FROM case_item) AS items, (SELECT count(DISTINCT rid) FROM case_item) AS resources,
       (SELECT count(*) FROM _item) - (SELECT count(*) FROM case_item) AS left_out;

-- name: case_sources
-- plan: scan
-- Names alone: how a source is reached is nobody's business.
SELECT source_id, name, kind, '{}' AS settings, 0 AS kept FROM _source
 WHERE source_id IN (SELECT i.source_id FROM case_item c JOIN _item i ON i.item_id = c.item_id);

-- name: case_resources
-- plan: scan
SELECT r.rid, r.account, r.region, r.type, r.id, r.name, r.arn, n.item_id AS last_item, n.document_id IS NULL AS deleted,
       CASE WHEN n.item_id = r.last_item THEN r.content END AS content, f.version - 1 AS pruned
  FROM (SELECT DISTINCT rid FROM case_item) c
  JOIN _resource r ON r.rid = c.rid
  JOIN _item n ON n.item_id = (SELECT i.item_id FROM case_item x JOIN _item i ON i.item_id = x.item_id WHERE x.rid = c.rid
                                ORDER BY i.version DESC LIMIT 1)
  JOIN _item f ON f.item_id = (SELECT i.item_id FROM case_item x JOIN _item i ON i.item_id = x.item_id WHERE x.rid = c.rid
                                ORDER BY i.version LIMIT 1);

-- name: case_documents
-- plan: scan
-- A patch whose keyframe stays behind is stored whole: nothing of what was left out goes along.
SELECT d.document_id, CASE WHEN w.document_id IS NULL THEN d.base END AS base, d.sha256, coalesce(w.body, d.body) AS body
  FROM (SELECT DISTINCT document_id FROM case_item WHERE document_id IS NOT NULL) c
  JOIN _document d ON d.document_id = c.document_id
  LEFT JOIN case_document w ON w.document_id = d.document_id;

-- name: case_torn
-- plan: scan
-- Documents whose keyframe stays behind.
SELECT d.document_id AS document_id, json_patch(b.body, d.body) AS body
  FROM (SELECT DISTINCT document_id FROM case_item WHERE document_id IS NOT NULL) c
  JOIN _document d ON d.document_id = c.document_id
  JOIN _document b ON b.document_id = d.base
 WHERE d.base NOT IN (SELECT k.document_id FROM case_item k WHERE k.document_id IS NOT NULL);

-- name: case_put_document
-- alone
INSERT INTO case_document(document_id, body) VALUES (:document, :body);

-- name: case_items
-- plan: scan
SELECT i.item_id, i.rid, i.version, i.captured_ms, i.recorded_ms,
       CASE WHEN i.until_ms > :until THEN 253402300799000 ELSE i.until_ms END AS until_ms,
       i.status, i.az, i.created_ms, i.actor, i.source_id, i.document_id,
       CASE WHEN i.captured_ms >= :since THEN i.n_changes ELSE 0 END AS n_changes, i.digest, i.state_id, i.name, i.arn, i.extra
  FROM case_item c JOIN _item i ON i.item_id = c.item_id ORDER BY i.item_id;

-- name: case_diffs
-- plan: scan
-- A change from before the case tells values of an item that is not in it.
SELECT d.item_id, d.changes FROM case_item c JOIN _item i ON i.item_id = c.item_id JOIN _diff d ON d.item_id = c.item_id
 WHERE i.captured_ms >= :since;

-- name: case_edges
-- plan: scan
SELECT e.edge_id, e.rid, e.name, e.target_type, e.target_id,
       CASE WHEN EXISTS (SELECT 1 FROM case_item x WHERE x.rid = e.target_rid) THEN e.target_rid END AS target_rid,
       e.by, e.link, e.ext, e.since_ms, CASE WHEN e.until_ms > :until THEN 253402300799000 ELSE e.until_ms END AS until_ms
  FROM (SELECT DISTINCT rid FROM case_item) c JOIN _edge e ON e.rid = c.rid
 WHERE e.since_ms <= :until AND e.until_ms > :since;

-- name: case_tags
-- plan: scan
SELECT g.tag_id, g.rid, g.key, g.value, g.since_ms, CASE WHEN g.until_ms > :until THEN 253402300799000 ELSE g.until_ms END AS until_ms
  FROM (SELECT DISTINCT rid FROM case_item) c JOIN _tag g ON g.rid = c.rid
 WHERE g.since_ms <= :until AND g.until_ms > :since;

-- name: case_verdicts
-- plan: scan
SELECT v.verdict_id, v.rid, v.rule, v.result, v.annotation, v.since_ms,
       CASE WHEN v.until_ms > :until THEN 253402300799000 ELSE v.until_ms END AS until_ms,
       v.account, v.region, v.ordering_ms, v.recorded_ms, v.invoked_ms
  FROM (SELECT DISTINCT rid FROM case_item) c JOIN _verdict v ON v.rid = c.rid
 WHERE v.since_ms <= :until AND v.until_ms > :since;

-- name: case_activity
-- plan: scan
SELECT substr(i.at, 1, 10) AS day, r.type, i.event, count(*) AS n
  FROM case_item c JOIN _item i ON i.item_id = c.item_id JOIN _resource r ON r.rid = i.rid GROUP BY 1, 2, 3;

-- name: case_coverage
-- plan: scan
-- That nothing was seen says something only where a look was complete.
SELECT v.coverage_id, v.source_id, v.sweep_ms, v.account, v.region, v.type, v.started_ms, v.ended_ms, v.outcome, v.reason, v.code,
       v.seen, v.written, v.calls
  FROM _coverage v
 WHERE v.ended_ms >= :since AND v.started_ms <= :until
   AND v.source_id IN (SELECT i.source_id FROM case_item c JOIN _item i ON i.item_id = c.item_id)
   AND (v.account, v.region, v.type) IN (SELECT r.account, r.region, r.type FROM case_item c JOIN _resource r ON r.rid = c.rid);

-- name: case_seals
-- plan: scan
SELECT seal_id, first_item, last_item, n, sealed_ms, items, previous, digest, key_id, signature FROM _seal;

-- name: case_left_out
-- plan: scan
-- Of what is not in the case its digest stays, so that the seals can be checked.
SELECT item_id, digest, pruned_ms FROM _pruned
UNION ALL
SELECT i.item_id, i.digest, :now FROM _item i WHERE NOT EXISTS (SELECT 1 FROM case_item c WHERE c.item_id = i.item_id);

-- name: case_note
SELECT 'case' AS name, 'what this case file holds: ' || :scope AS title, 'SELECT * FROM history ORDER BY t' AS sql, NULL AS chart;
