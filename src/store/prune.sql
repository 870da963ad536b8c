-- What retention removes. :limit is the moment from which on everything is kept; :keep the first version of a
-- resource that stays. Documents belong to one resource: only its own items use them.

-- name: prune_safe_event
-- plan: scan
-- Events up to this one are told to every sink, and delivered by every channel.
SELECT min(coalesce((SELECT max(event_id) FROM _event), 0),
           coalesce((SELECT min(cursor) FROM _sink), 9223372036854775807),
           coalesce((SELECT min(history_event) FROM _channel), 9223372036854775807),
           coalesce((SELECT min(from_event) FROM _delivery WHERE done_ms IS NULL AND kind = 'history'), 9223372036854775807)) AS event_id;

-- name: prune_limit
-- plan: scan
-- A snapshot that is still to be delivered shows a moment of its own.
SELECT min(:limit, coalesce((SELECT min(due_ms) FROM _delivery WHERE done_ms IS NULL AND kind = 'snapshot'), :limit)) AS limit_ms;

-- name: prune_next
-- The next resource with something to remove.
SELECT i.rid AS rid FROM _item i INDEXED BY _item_version
 WHERE i.rid > :after AND (i.until_ms <= :limit OR (i.status LIKE 'ResourceDeleted%' AND i.captured_ms <= :limit))
 ORDER BY i.rid LIMIT 1;

-- name: prune_keep
-- plan: scan
-- The first version that stays; no row: none does. A resource that was gone by then goes as a whole. Kept is what
-- somebody is still to be told of, and what no seal covers.
SELECT i.version AS version, i.captured_ms AS captured_ms
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.rid = :rid
   AND ((i.until_ms > :limit AND NOT (i.item_id = r.last_item AND i.status LIKE 'ResourceDeleted%' AND i.captured_ms <= :limit))
     OR i.item_id > (SELECT last_item FROM _seal ORDER BY seal_id DESC LIMIT 1)
     OR EXISTS (SELECT 1 FROM _event v WHERE v.item_id = i.item_id
                 AND (v.event_id > :safe OR EXISTS (SELECT 1 FROM _dead x WHERE x.event_id = v.event_id)))
     OR EXISTS (SELECT 1 FROM _delivery y WHERE y.done_ms IS NULL AND y.item_id = i.item_id))
 ORDER BY i.version LIMIT 1;

-- name: prune_weigh
-- plan: scan
-- What goes with the versions before :keep.
WITH gone(document_id) AS (
  SELECT i.document_id FROM _item i WHERE i.rid = :rid AND i.version < :keep AND i.document_id IS NOT NULL
  UNION SELECT d.base FROM _item i JOIN _document d ON d.document_id = i.document_id WHERE i.rid = :rid AND i.version < :keep AND d.base IS NOT NULL
  EXCEPT SELECT i.document_id FROM _item i WHERE i.rid = :rid AND i.version >= :keep
  EXCEPT SELECT d.base FROM _item i JOIN _document d ON d.document_id = i.document_id WHERE i.rid = :rid AND i.version >= :keep)
SELECT r.type AS type, (SELECT count(*) FROM _item i WHERE i.rid = :rid AND i.version < :keep) AS items,
       (SELECT count(*) FROM gone) AS documents,
       coalesce((SELECT sum(length(CAST(d.body AS BLOB))) FROM gone g JOIN _document d ON d.document_id = g.document_id), 0)
       + coalesce((SELECT sum(length(CAST(f.changes AS BLOB))) FROM _item i JOIN _diff f ON f.item_id = i.item_id WHERE i.rid = :rid AND i.version < :keep), 0) AS bytes
  FROM _resource r WHERE r.rid = :rid;

-- name: prune_documents
-- plan: scan
WITH gone(document_id) AS (
  SELECT i.document_id FROM _item i WHERE i.rid = :rid AND i.version < :keep AND i.document_id IS NOT NULL
  UNION SELECT d.base FROM _item i JOIN _document d ON d.document_id = i.document_id WHERE i.rid = :rid AND i.version < :keep AND d.base IS NOT NULL
  EXCEPT SELECT i.document_id FROM _item i WHERE i.rid = :rid AND i.version >= :keep
  EXCEPT SELECT d.base FROM _item i JOIN _document d ON d.document_id = i.document_id WHERE i.rid = :rid AND i.version >= :keep)
DELETE FROM _document WHERE document_id IN (SELECT document_id FROM gone);

-- name: prune_digests
INSERT INTO _pruned(item_id, digest, pruned_ms) SELECT item_id, digest, :now FROM _item WHERE rid = :rid AND version < :keep;

-- name: prune_diffs
DELETE FROM _diff WHERE item_id IN (SELECT item_id FROM _item WHERE rid = :rid AND version < :keep);

-- name: prune_item_events
DELETE FROM _event WHERE item_id IN (SELECT item_id FROM _item WHERE rid = :rid AND version < :keep);

-- name: prune_items
DELETE FROM _item WHERE rid = :rid AND version < :keep;

-- name: prune_number
UPDATE _resource SET pruned = :keep - 1 WHERE rid = :rid;

-- name: prune_edges
DELETE FROM _edge INDEXED BY _edge_rid WHERE rid = :rid AND until_ms <= :before;

-- name: prune_tags
DELETE FROM _tag INDEXED BY _tag_rid WHERE rid = :rid AND until_ms <= :before;

-- name: prune_resource_verdicts
DELETE FROM _verdict WHERE rid = :rid;

-- name: prune_unlink
-- Links of others that lead to it lead to nothing that is recorded.
UPDATE _edge SET target_rid = NULL WHERE target_rid = :rid;

-- name: prune_resource
DELETE FROM _resource WHERE rid = :rid;

-- name: prune_spans
-- plan: scan
-- How far ids go in the tables that are gone through by ranges of them.
SELECT max(coalesce((SELECT max(verdict_id) FROM _verdict), 0), coalesce((SELECT max(coverage_id) FROM _coverage), 0),
           coalesce((SELECT max(event_id) FROM _event), 0), coalesce((SELECT max(delivery_id) FROM _delivery), 0),
           coalesce((SELECT max(outbox_id) FROM _outbox), 0),
           coalesce((SELECT max(cause_id) FROM _cause), 0), coalesce((SELECT max(rid) FROM _resource), 0)) AS last;

-- name: prune_verdicts
DELETE FROM _verdict WHERE verdict_id > :from AND verdict_id <= :to AND until_ms <= :limit;

-- name: prune_noted
-- What was noted because a rule judged it, when no verdict is left.
DELETE FROM _resource WHERE rid > :from AND rid <= :to AND :limit > 0 AND last_item IS NULL
   AND NOT EXISTS (SELECT 1 FROM _verdict v WHERE v.rid = _resource.rid) AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.rid = _resource.rid);

-- name: prune_coverage
-- The newest look of a place stays, however old it is.
DELETE FROM _coverage WHERE coverage_id > :from AND coverage_id <= :to AND ended_ms <= :limit
   AND EXISTS (SELECT 1 FROM _coverage n WHERE n.type = _coverage.type AND n.account = _coverage.account AND n.region = _coverage.region
                AND n.started_ms > _coverage.started_ms AND n.source_id IS _coverage.source_id);

-- name: prune_events
-- plan: scan
DELETE FROM _event WHERE event_id > :from AND event_id <= :to AND event_id <= :safe AND at_ms <= :limit
   AND NOT EXISTS (SELECT 1 FROM _dead d WHERE d.event_id = _event.event_id);

-- name: prune_causes
-- With the last item that is due to it an event goes.
DELETE FROM _cause WHERE cause_id > :from AND cause_id <= :to AND coalesce(at_ms, 0) <= :limit
   AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.cause_id = _cause.cause_id);

-- name: prune_deliveries
DELETE FROM _delivery WHERE delivery_id > :from AND delivery_id <= :to AND done_ms <= :limit;

-- name: prune_outbox
DELETE FROM _outbox WHERE outbox_id > :from AND outbox_id <= :to AND done_ms <= :limit;

-- name: prune_activity
DELETE FROM _activity WHERE day < strftime('%Y-%m-%d', :limit / 1000, 'unixepoch');

-- name: prune_recount
-- alone
-- plan: scan
-- What is still in force from those days is still counted: more may be brought in beside it.
INSERT INTO _activity(day, type, event, n)
SELECT substr(i.at, 1, 10), r.type, i.event, count(*) FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.at < strftime('%Y-%m-%d', :limit / 1000, 'unixepoch') GROUP BY 1, 2, 3;

-- name: prune_retention
-- No row: for ever.
SELECT days AS days FROM _retention WHERE name = 'default';

-- name: prune_set_retention
-- alone
INSERT INTO _retention(name, days) VALUES ('default', :days) ON CONFLICT (name) DO UPDATE SET days = excluded.days;

-- name: prune_clear_retention
-- alone
DELETE FROM _retention WHERE name = 'default';
