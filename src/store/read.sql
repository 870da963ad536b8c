-- What the reading operations ask. They are run as text (db/select), so that the public views
-- among them can be shadowed by those of a moment.

-- name: read_resources
-- plan: scan
-- What exists, in the columns of the view. :tags is a list of [key, value]: value null, the key is
-- there; value '', it is missing or empty.
-- What has no name of its own goes by its tag Name.
SELECT r.rid, r.resource_type, r.resource_id,
       coalesce(r.name, (SELECT n.value FROM tags n WHERE n.rid = r.rid AND n.key = 'Name')) AS name,
       r.account, r.region, r.az, r.version, r.at, r.t, r.actor, r.arn
  FROM resources r
 WHERE (:types IS NULL OR glob_any(r.resource_type, :types))
   AND (:account IS NULL OR r.account = :account)
   AND (:region IS NULL OR r.region GLOB :region)
   AND (:tags IS NULL OR NOT EXISTS (
         SELECT 1 FROM json_each(:tags) w
          WHERE CASE WHEN json_extract(w.value, '$[1]') = ''
                THEN EXISTS (SELECT 1 FROM tags g WHERE g.rid = r.rid AND g.key = json_extract(w.value, '$[0]') AND g.value <> '')
                ELSE NOT EXISTS (SELECT 1 FROM tags g WHERE g.rid = r.rid AND g.key = json_extract(w.value, '$[0]')
                                    AND g.value = coalesce(json_extract(w.value, '$[1]'), g.value)) END))
 ORDER BY r.resource_type, r.account, r.region, r.resource_id;

-- name: read_deleted
-- plan: scan
-- What existed and is gone, with the version that says so.
SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region, NULL AS az, h.version, h.at, h.t, h.actor, h.arn
  FROM history h
 WHERE h.event = 'deleted'
   AND NOT EXISTS (SELECT 1 FROM history n WHERE n.rid = h.rid AND n.version = h.version + 1)
   AND (:types IS NULL OR glob_any(h.resource_type, :types))
   AND (:account IS NULL OR h.account = :account)
   AND (:region IS NULL OR h.region GLOB :region)
 ORDER BY h.resource_type, h.account, h.region, h.resource_id;

-- name: read_log
-- plan: scan
-- Versions newest first, a row for each property that changed; a version without any is one row.
SELECT v.rid, v.resource_type, v.resource_id,
       coalesce(v.name, (SELECT n.value FROM tags n WHERE n.rid = v.rid AND n.key = 'Name')) AS name,
       v.account, v.region, v.version, v.event, v.at, v.t, v.actor,
       json_extract(c.value, '$.op') AS op, json_extract(c.value, '$.path') AS property, json_extract(c.value, '$.before') AS before, json_extract(c.value, '$.after') AS after
  FROM (SELECT * FROM history h
         WHERE h.t >= :since AND h.t <= :until
           AND (:types IS NULL OR glob_any(h.resource_type, :types))
           AND (:account IS NULL OR h.account = :account)
           AND (:region IS NULL OR h.region GLOB :region)
           AND (:actor IS NULL OR h.actor GLOB :actor)
           AND (:property IS NULL OR EXISTS (SELECT 1 FROM changes c WHERE c.rid = h.rid AND c.version = h.version
                  AND (c.property GLOB :property OR c.property GLOB '*.' || :property)))
         ORDER BY h.t DESC, h.resource_type, h.resource_id, h.rid, h.version DESC LIMIT :limit) v
  -- Not the view changes: a view that is a join itself, on the right of LEFT JOIN, is put together whole first.
  LEFT JOIN _item i ON i.rid = v.rid AND i.version = v.version LEFT JOIN _diff d ON d.item_id = i.item_id
  LEFT JOIN json_each(d.changes) c ON (:property IS NULL OR json_extract(c.value, '$.path') GLOB :property OR json_extract(c.value, '$.path') GLOB '*.' || :property)
 ORDER BY v.t DESC, v.resource_type, v.resource_id, v.rid, v.version DESC, property;

-- name: read_log_resource
-- plan: scan
-- The same for one resource.
SELECT v.rid, v.resource_type, v.resource_id,
       coalesce(v.name, (SELECT n.value FROM tags n WHERE n.rid = v.rid AND n.key = 'Name')) AS name,
       v.account, v.region, v.version, v.event, v.at, v.t, v.actor,
       json_extract(c.value, '$.op') AS op, json_extract(c.value, '$.path') AS property, json_extract(c.value, '$.before') AS before, json_extract(c.value, '$.after') AS after
  FROM (SELECT * FROM history h
         WHERE h.rid = :rid AND h.t >= :since AND h.t <= :until
           AND (:actor IS NULL OR h.actor GLOB :actor)
           AND (:property IS NULL OR EXISTS (SELECT 1 FROM changes c WHERE c.rid = h.rid AND c.version = h.version
                  AND (c.property GLOB :property OR c.property GLOB '*.' || :property)))
         ORDER BY h.version DESC LIMIT :limit) v
  LEFT JOIN _item i ON i.rid = v.rid AND i.version = v.version LEFT JOIN _diff d ON d.item_id = i.item_id
  LEFT JOIN json_each(d.changes) c ON (:property IS NULL OR json_extract(c.value, '$.path') GLOB :property OR json_extract(c.value, '$.path') GLOB '*.' || :property)
 ORDER BY v.version DESC, property;

-- name: read_drift
-- plan: scan
-- What is different between two moments.
SELECT x.op, x.resource_type, x.resource_id,
       coalesce(x.name, (SELECT n.value FROM tags n WHERE n.rid = x.rid AND n.key = 'Name')) AS name,
       x.account, x.region, x.v1, x.v2, x.rid
  FROM (SELECT CASE WHEN a.version IS NULL THEN 'created' ELSE 'changed' END AS op, b.resource_type AS resource_type,
               b.resource_id AS resource_id, b.name AS name, b.account AS account, b.region AS region, a.version AS v1, b.version AS v2, b.rid AS rid
          FROM resources_at b LEFT JOIN (SELECT p.rid AS rid, p.version AS version FROM resources_at p WHERE p.t = :since_ms) a ON a.rid = b.rid
         WHERE b.t = :until_ms AND a.version IS NOT b.version
        UNION ALL
        SELECT 'deleted', a.resource_type, a.resource_id, a.name, a.account, a.region, a.version, NULL, a.rid
          FROM resources_at a LEFT JOIN (SELECT p.rid AS rid FROM resources_at p WHERE p.t = :until_ms) b ON b.rid = a.rid
         WHERE a.t = :since_ms AND b.rid IS NULL) x
 WHERE (:types IS NULL OR glob_any(x.resource_type, :types))
   AND (:account IS NULL OR x.account = :account)
   AND (:region IS NULL OR x.region GLOB :region)
 ORDER BY x.op = 'changed', x.op = 'deleted', x.resource_type, x.resource_id;

-- name: read_facts
-- One version of one resource; versions is the number of its newest.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id,
       coalesce(r.name, (SELECT g.value FROM tags g WHERE g.rid = r.rid AND g.key = 'Name')) AS name,
       r.account, r.region, i.az, r.arn,
       i.version, n.version AS versions, i.event, i.status, i.n_changes, i.at, i.until, i.t, i.actor,
       strftime('%Y-%m-%d %H:%M:%S', i.created_ms / 1000, 'unixepoch') AS created, s.name AS source
  FROM _item i JOIN _resource r ON r.rid = i.rid JOIN _item n ON n.item_id = r.last_item
  LEFT JOIN _source s ON s.source_id = i.source_id
 WHERE i.item_id = :item;

-- name: read_tags_of
-- plan: scan
SELECT g.key, g.value, g.since FROM tags_at g WHERE g.t = :ms AND g.rid = :rid ORDER BY g.key;

-- name: read_links_of
-- plan: scan
SELECT e.relation, e.target_type, e.target_id, e.target_rid, e.since
  FROM relationships_at e WHERE e.t = :ms AND e.rid = :rid ORDER BY e.relation, e.target_type, e.target_id;

-- name: read_links_to
-- plan: scan
SELECT e.resource_type, e.resource_id, e.name, e.relation, e.rid, e.since
  FROM relationships_at e WHERE e.t = :ms AND e.target_rid = :rid ORDER BY e.relation, e.resource_type, e.resource_id;

-- name: read_changes_of
-- plan: scan
-- For blame: every version up to one, newest first, with its changes.
SELECT h.version, h.event, h.at, h.t, h.actor, c.op, c.property
  FROM history h LEFT JOIN changes c ON c.rid = h.rid AND c.version = h.version
 WHERE h.rid = :rid AND h.version <= :version
 ORDER BY h.version DESC, c.property;

-- name: read_types
-- plan: scan
-- The types of the store with how many resources are live.
SELECT r.type AS resource_type, count(*) AS known, sum(r.deleted = 0) AS resources FROM _resource r GROUP BY r.type ORDER BY r.type;

-- name: read_items
-- plan: scan
-- Configuration items oldest first, in words.
SELECT i.at, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, i.version, i.event, i.status, i.actor
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms <= :until_ms
   AND (:types IS NULL OR glob_any(r.type, :types))
   AND (:rid IS NULL OR r.rid = :rid)
 ORDER BY i.captured_ms, i.item_id;

-- name: read_export_resources
-- plan: scan
SELECT r.*, c.configuration, c.supplementary, c.tags_json FROM resources r JOIN configs c USING (rid, version);

-- name: read_export_items
-- plan: scan
-- Every configuration item with what it says, in the order in which they were written; a deletion says nothing. Not
-- through configs: on the right of a LEFT JOIN SQLite would make a table of all documents first.
SELECT x.item_id, x.rid, x.resource_type, x.resource_id, x.name, x.account, x.region, x.version, x.event, x.n_changes, x.at, x.until,
       x.t, x.actor, x.status, x.arn, json_extract(x.document, '$.configuration') AS configuration,
       json_extract(x.document, '$.supplementaryConfiguration') AS supplementary, json_extract(x.document, '$.tags') AS tags_json
  FROM (SELECT i.item_id, r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, i.version, i.event, i.n_changes,
               i.at, i.until, i.t, i.actor, i.status, r.arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _item i JOIN _resource r ON r.rid = i.rid
          LEFT JOIN _document d ON d.document_id = i.document_id LEFT JOIN _document b ON b.document_id = d.base
         ORDER BY i.item_id) x;

-- name: read_counts
-- plan: scan
SELECT (SELECT user_version FROM pragma_user_version) AS schema,
       (SELECT count(*) FROM _resource WHERE deleted = 0) AS resources,
       (SELECT count(*) FROM _resource WHERE deleted = 1) AS deleted,
       (SELECT count(DISTINCT type) FROM _resource WHERE deleted = 0) AS types,
       (SELECT count(*) FROM _item) AS items,
       (SELECT min(at) FROM _item) AS first_at,
       (SELECT max(at) FROM _item) AS last_at;

-- name: read_sources
-- plan: scan
-- Every source with its last sweep.
SELECT s.name AS source, s.kind, s.kept, strftime('%Y-%m-%d %H:%M:%S', w.sweep_ms / 1000, 'unixepoch') AS last_sweep,
       coalesce(sum(c.outcome <> 'unsupported'), 0) AS looks, coalesce(sum(c.outcome = 'complete'), 0) AS complete,
       coalesce(sum(c.outcome = 'partial'), 0) AS "partial", coalesce(sum(c.outcome = 'failed'), 0) AS failed,
       coalesce(sum(c.seen), 0) AS seen, coalesce(sum(c.written), 0) AS written
  FROM _source s
  LEFT JOIN (SELECT source_id, max(sweep_ms) AS sweep_ms FROM _coverage GROUP BY source_id) w ON w.source_id = s.source_id
  LEFT JOIN _coverage c ON c.source_id = w.source_id AND c.sweep_ms = w.sweep_ms
 GROUP BY s.source_id ORDER BY s.name;

-- name: read_first
-- plan: scan
SELECT min(at) AS first_at FROM _item;

-- name: read_kept
-- plan: scan
SELECT s.name AS source, s.kind, s.settings FROM _source s WHERE s.kept = 1 ORDER BY s.name;

-- name: read_incomplete
-- plan: scan
-- What the newest look at each type and place could not see, and why; and a last sweep that came to no look at all.
SELECT s.name AS source, c.account, c.region, c.type AS resource_type, c.outcome, c.reason, c.code,
       (SELECT strftime('%Y-%m-%d %H:%M:%S', max(k.started_ms) / 1000, 'unixepoch') FROM _coverage k
         WHERE (k.type = c.type OR c.type = '*') AND (k.account = c.account OR c.account = '') AND (k.region = c.region OR c.region = '')
           AND k.source_id = c.source_id AND k.outcome = 'complete') AS last_complete
  FROM _source s JOIN _coverage c ON c.source_id = s.source_id
 WHERE c.outcome NOT IN ('complete', 'unsupported')
   AND c.coverage_id = (SELECT w.coverage_id FROM _coverage w WHERE w.type = c.type AND w.account = c.account
                           AND w.region = c.region AND w.source_id = c.source_id ORDER BY w.started_ms DESC, w.coverage_id DESC LIMIT 1)
   AND (c.type <> '*' OR c.sweep_ms = (SELECT max(sweep_ms) FROM _coverage w WHERE w.source_id = s.source_id))
 ORDER BY s.name, c.type, c.account, c.region;

-- name: read_coverage
-- plan: scan
-- What looks were like at some time between two moments; what is not offered somewhere is not blind.
SELECT v.account, v.region, v.resource_type, v.source, v.state, v.since, v.until, v.looks, v.last_look, v.seen, v.reason, v.code, v.asked_again
  FROM coverage v
 WHERE v.since <= strftime('%Y-%m-%d %H:%M:%S', :until, 'unixepoch') AND v.until > strftime('%Y-%m-%d %H:%M:%S', :since, 'unixepoch')
   AND (:types IS NULL OR glob_any(v.resource_type, :types) OR v.resource_type = '*')
   AND (:account IS NULL OR v.account = :account OR v.account = '')
   AND (:region IS NULL OR v.region GLOB :region OR v.region = '')
   AND (NOT :blind OR v.state = 'blind')
 ORDER BY v.account, v.region, v.resource_type, v.since LIMIT CASE WHEN :limit > 0 THEN :limit ELSE -1 END;

-- name: read_gaps
-- plan: scan
SELECT g.account, g.region, g.since, g.until, g.t, g.seconds, g.failed, g.reason
  FROM gaps g
 WHERE g.since <= strftime('%Y-%m-%d %H:%M:%S', :until, 'unixepoch') AND g.until > strftime('%Y-%m-%d %H:%M:%S', :since, 'unixepoch')
   AND (:account IS NULL OR g.account = :account)
   AND (:region IS NULL OR g.region GLOB :region OR g.region = '')
 ORDER BY g.account, g.region, g.since LIMIT CASE WHEN :limit > 0 THEN :limit ELSE -1 END;

-- name: read_sweep
-- plan: scan
-- What one sweep saw, by type, and what happened to the resources: the items recorded since it began. Of a sweep
-- of the whole catalogue, what there is none of is left out.
SELECT c.resource_type, c.seen, coalesce(x.new, 0) AS new, coalesce(x.changed, 0) AS changed, coalesce(x.deleted, 0) AS deleted, c.outcome
  FROM (SELECT v.type AS resource_type, sum(v.seen) AS seen,
               CASE WHEN min(v.outcome) = max(v.outcome) THEN v.outcome
                    WHEN sum(v.outcome IN ('partial', 'failed')) = 0 THEN 'complete' ELSE 'partial' END AS outcome,
               count(*) OVER () AS types
          FROM _coverage v WHERE v.source_id = :source AND v.sweep_ms = :sweep_ms GROUP BY v.type) c
  LEFT JOIN (SELECT r.type AS type, sum(i.event = 'created') AS new, sum(i.event = 'changed') AS changed, sum(i.event = 'deleted') AS deleted
               FROM _item i JOIN _resource r ON r.rid = i.rid
              WHERE i.source_id = :source AND i.recorded_ms >= :sweep_ms GROUP BY r.type) x ON x.type = c.resource_type
 WHERE c.seen > 0 OR x.type IS NOT NULL OR c.outcome IN ('partial', 'failed') OR c.types <= 40
 ORDER BY c.resource_type;

-- name: read_channels
-- plan: scan
-- Where files go.
SELECT c.name AS channel, c.target || CASE WHEN c.prefix IS NULL THEN '' ELSE '/' || c.prefix END AS "to", c.frequency, c.topic, c.kms_key,
       c.endpoint, c.profile,
       strftime('%Y-%m-%d %H:%M:%S', c.history_at_ms / 1000, 'unixepoch') AS next_history,
       strftime('%Y-%m-%d %H:%M:%S', c.snapshot_at_ms / 1000, 'unixepoch') AS next_snapshot
  FROM _channel c ORDER BY c.name;

-- name: read_streams
-- plan: scan
-- How the streams of the channels are; never tried: no status.
SELECT s.channel, s.stream, s.status, strftime('%Y-%m-%d %H:%M:%S', s.tried / 1000, 'unixepoch') AS tried,
       strftime('%Y-%m-%d %H:%M:%S', s.ok / 1000, 'unixepoch') AS succeeded,
       strftime('%Y-%m-%d %H:%M:%S', s.next / 1000, 'unixepoch') AS next, s.error_code, s.error,
       nullif(s.failures, 0) AS failures,
       CASE WHEN s.failures > 0 THEN strftime('%Y-%m-%d %H:%M:%S', s.retry / 1000, 'unixepoch') END AS next_try
  FROM (SELECT c.name AS channel, 1 AS place, 'history' AS stream, c.history_status AS status, c.history_tried_ms AS tried, c.history_ok_ms AS ok,
               c.history_at_ms AS next, c.history_error_code AS error_code, c.history_error AS error,
               (SELECT sum(d.tries) FROM _delivery d WHERE d.channel = c.name AND d.kind = 'history' AND d.done_ms IS NULL) AS failures,
               (SELECT min(d.next_ms) FROM _delivery d WHERE d.channel = c.name AND d.kind = 'history' AND d.done_ms IS NULL) AS retry FROM _channel c
        UNION ALL SELECT c.name, 2, 'snapshot', c.snapshot_status, c.snapshot_tried_ms, c.snapshot_ok_ms, c.snapshot_at_ms, c.snapshot_error_code, c.snapshot_error,
               (SELECT sum(d.tries) FROM _delivery d WHERE d.channel = c.name AND d.kind = 'snapshot' AND d.done_ms IS NULL),
               (SELECT min(d.next_ms) FROM _delivery d WHERE d.channel = c.name AND d.kind = 'snapshot' AND d.done_ms IS NULL) FROM _channel c
        UNION ALL SELECT c.name, 3, 'notifications', c.stream_status, c.stream_changed_ms, NULL, NULL, c.stream_error_code, c.stream_error, k.tries, k.next_ms
          FROM _channel c LEFT JOIN _sink k ON k.name = 'channel:' || c.name) s
 WHERE :name IS NULL OR s.channel = :name
 ORDER BY s.channel, s.place;

-- name: read_deliveries
-- plan: scan
-- Files that went out or are to go out, newest first.
SELECT d.delivery_id AS delivery, d.channel, d.kind, d.account, d.region, nullif(d.type, '') AS resource_type,
       strftime('%Y-%m-%d %H:%M:%S', d.due_ms / 1000, 'unixepoch') AS due,
       CASE WHEN d.done_ms IS NOT NULL AND d.items = 0 AND d.key IS NULL THEN 'empty' WHEN d.done_ms IS NOT NULL THEN 'done'
            WHEN d.error IS NOT NULL THEN 'failed' ELSE 'due' END AS state,
       strftime('%Y-%m-%d %H:%M:%S', d.done_ms / 1000, 'unixepoch') AS done, d.tries,
       CASE WHEN d.done_ms IS NULL THEN strftime('%Y-%m-%d %H:%M:%S', d.next_ms / 1000, 'unixepoch') END AS next_try,
       d.items, d.bytes, d.key, d.error_code, d.error
  FROM _delivery d
 WHERE :failed = 0 OR (d.done_ms IS NULL AND d.error IS NOT NULL)
 ORDER BY d.delivery_id DESC LIMIT :limit;

-- name: read_recorder
-- plan: scan
SELECT v.recorder, v.recording, v.status, v.strategy, v.types, v.excluded, v.globals, v.frequency, v.overrides, v.tags, v.every_seconds, v.role_arn,
       v.started, v.stopped, v.changed, v.error_code, v.error, v.principal
  FROM recorder v ORDER BY v.principal IS NOT NULL, v.recorder;

-- name: read_follow
-- plan: scan
-- What happened, in the order in which it was written, in the columns of read_log.
SELECT v.event_id AS cursor, r.rid, r.type AS resource_type, r.id AS resource_id, r.name, coalesce(r.account, v.account) AS account,
       coalesce(r.region, v.region) AS region, i.version, coalesce(i.event, v.kind) AS event,
       coalesce(i.at, strftime('%Y-%m-%d %H:%M:%S', v.at_ms / 1000, 'unixepoch')) AS at, i.actor,
       json_extract(c.value, '$.op') AS op, json_extract(c.value, '$.path') AS property, json_extract(c.value, '$.before') AS before, json_extract(c.value, '$.after') AS after
  FROM _event v LEFT JOIN _item i ON i.item_id = v.item_id LEFT JOIN _resource r ON r.rid = i.rid
  LEFT JOIN _diff d ON d.item_id = i.item_id
  LEFT JOIN json_each(d.changes) c ON (:property IS NULL OR json_extract(c.value, '$.path') GLOB :property OR json_extract(c.value, '$.path') GLOB '*.' || :property)
 WHERE v.event_id = :event
   AND (:rid IS NULL OR r.rid = :rid)
   AND (:types IS NULL OR glob_any(r.type, :types))
   AND (:account IS NULL OR coalesce(r.account, v.account) = :account)
   AND (:region IS NULL OR coalesce(r.region, v.region) GLOB :region)
   AND (:actor IS NULL OR i.actor GLOB :actor)
   AND (:property IS NULL OR c.value IS NOT NULL)
 ORDER BY property;

-- name: read_sinks
-- plan: scan
-- Who is told, and how far that is.
SELECT s.name AS sink, s.kind, s.target, s.predicate, s.cursor,
       (SELECT count(*) FROM _event v WHERE v.event_id > s.cursor) AS behind,
       (SELECT count(*) FROM _dead d WHERE d.sink = s.name) AS dead,
       strftime('%Y-%m-%d %H:%M:%S', s.told_ms / 1000, 'unixepoch') AS told, s.tries,
       CASE WHEN s.next_ms > 0 THEN strftime('%Y-%m-%d %H:%M:%S', s.next_ms / 1000, 'unixepoch') END AS next_try, s.error, s.settings
  FROM _sink s ORDER BY s.name;

-- name: read_outbox
-- plan: scan
-- What sinks gave up on, and what each of them is to be told next.
SELECT d.dead_id AS id, 'dead' AS state, d.sink, d.event_id AS event, v.kind, r.type AS resource_type, r.id AS resource_id, d.tries,
       strftime('%Y-%m-%d %H:%M:%S', d.at_ms / 1000, 'unixepoch') AS tried, NULL AS next_try, d.error
  FROM _dead d JOIN _event v ON v.event_id = d.event_id LEFT JOIN _item i ON i.item_id = v.item_id LEFT JOIN _resource r ON r.rid = i.rid
UNION ALL
SELECT NULL, 'waiting', s.name, v.event_id, v.kind, r.type, r.id, CASE WHEN v.event_id = n.event_id THEN s.tries ELSE 0 END, NULL,
       CASE WHEN s.next_ms > 0 THEN strftime('%Y-%m-%d %H:%M:%S', s.next_ms / 1000, 'unixepoch') END,
       CASE WHEN v.event_id = n.event_id AND s.tries > 0 THEN s.error END
  FROM _sink s JOIN (SELECT w.name, (SELECT min(x.event_id) FROM _event x WHERE x.event_id > w.cursor) AS event_id FROM _sink w) n ON n.name = s.name
  JOIN _event v ON v.event_id > s.cursor
  LEFT JOIN _item i ON i.item_id = v.item_id LEFT JOIN _resource r ON r.rid = i.rid
 ORDER BY 3, 4 LIMIT :limit;

-- name: read_since
-- plan: scan
-- Every version, in the columns of the views resources and configs, to be asked a condition about in the order of
-- resource and version. The documents are joined here: a view that is a join itself would be put together whole first.
SELECT r.rid AS rid, r.type AS resource_type, r.id AS resource_id,
       CASE WHEN i.name IS NULL THEN r.name ELSE nullif(i.name, '') END AS name, r.account AS account, r.region AS region,
       i.az AS az, i.version AS version, i.at AS at, i.t AS t, i.actor AS actor,
       CASE WHEN i.arn IS NULL THEN r.arn ELSE nullif(i.arn, '') END AS arn, i.status AS status, i.event AS event,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.configuration') AS configuration,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.supplementaryConfiguration') AS supplementary,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.tags') AS tags_json,
       i.captured_ms AS captured_ms, i.until_ms AS until_ms, i.document_id IS NOT NULL AS live
  FROM _resource r CROSS JOIN _item i ON i.rid = r.rid
  LEFT JOIN _document d ON d.document_id = i.document_id LEFT JOIN _document b ON b.document_id = d.base
 WHERE i.until_ms > :since_ms AND i.captured_ms <= :until_ms
   AND i.until_ms > i.captured_ms  -- of two of one moment the last is what there was
   AND (:rid IS NULL OR r.rid = :rid)
   AND (:types IS NULL OR glob_any(r.type, :types))
   AND (:account IS NULL OR r.account = :account)
   AND (:region IS NULL OR r.region GLOB :region);

-- name: read_catalogue
-- plan: scan
-- What the catalogue has, and what became of it here: the outcomes of the newest looks, and how many there are.
SELECT t.type AS resource_type, t.engine, t.service,
       CASE t.engine WHEN 'cloudcontrol' THEN 'Cloud Control' WHEN 'exec' THEN json_extract(t.doc, '$.argv[0]')
                     ELSE (SELECT k.op FROM _type_call k WHERE k.type = t.type AND k.role = 'list') END AS listed_by,
       json_extract(t.doc, '$.fallback.list.op') AS else_by,
       (SELECT group_concat(DISTINCT n.outcome)
          FROM (SELECT c.outcome, max(c.started_ms) FROM _coverage c WHERE c.type = t.type GROUP BY c.account, c.region) n) AS looks,
       (SELECT count(*) FROM _resource r WHERE r.type = t.type AND r.deleted = 0) AS resources, t.catalogue
  FROM _type t
 WHERE :types IS NULL OR glob_any(t.type, :types)
 ORDER BY t.type;

-- name: read_types_missing
-- plan: scan
-- What AWS Config has a name for and the catalogue has not, and what the places looked at did not offer.
SELECT m.column1 AS resource_type, NULL AS account, NULL AS region, m.column2 AS why
  FROM (VALUES ('AWS::Config::ConformancePackCompliance', 'made by AWS Config itself: a verdict'),
               ('AWS::Config::ResourceCompliance', 'made by AWS Config itself: a verdict'),
               ('AWS::SSM::FileData', 'made by agents on machines; no call lists it'),
               ('AWS::Evidently::Launch', 'the service is retired'), ('AWS::Evidently::Project', 'the service is retired'),
               ('AWS::Evidently::Segment', 'the service is retired'), ('AWS::IoTAnalytics::Channel', 'the service is retired'),
               ('AWS::IoTAnalytics::Dataset', 'the service is retired'), ('AWS::IoTAnalytics::Datastore', 'the service is retired'),
               ('AWS::IoTAnalytics::Pipeline', 'the service is retired'), ('AWS::LookoutMetrics::Alert', 'the service is retired'),
               ('AWS::LookoutVision::Project', 'the service is retired'), ('AWS::Panorama::Package', 'the service is retired'),
               ('AWS::QLDB::Ledger', 'the service is retired'), ('AWS::RoboMaker::RobotApplication', 'the service is retired'),
               ('AWS::RoboMaker::RobotApplicationVersion', 'the service is retired'),
               ('AWS::RoboMaker::SimulationApplication', 'the service is retired')) m
 WHERE (:types IS NULL OR glob_any(m.column1, :types)) AND NOT EXISTS (SELECT 1 FROM _type t WHERE t.type = m.column1)
UNION ALL
SELECT n.type, n.account, n.region, 'not offered there: ' || coalesce(n.reason, '')
  FROM (SELECT c.type, c.account, c.region, c.outcome, c.reason, max(c.started_ms) FROM _coverage c GROUP BY c.type, c.account, c.region) n
 WHERE n.outcome = 'unsupported' AND (:types IS NULL OR glob_any(n.type, :types))
 ORDER BY 1, 2, 3;

-- name: read_types_cost
-- plan: scan
-- The calls of a sweep: one at least to list a type in a place, and so many for each resource; `measured` is what the newest
-- looks needed, pages, parents and retries included.
SELECT s.resource_type, s.places, s.list_calls, s.calls_each, s.resources,
       s.places * s.list_calls + s.resources * s.calls_each AS calls, s.measured
  FROM (SELECT t.type AS resource_type,
               (SELECT count(*) FROM (SELECT max(c.started_ms), c.outcome FROM _coverage c WHERE c.type = t.type GROUP BY c.account, c.region) n
                 WHERE n.outcome <> 'unsupported') AS places,
               1 + coalesce(json_array_length(t.doc, '$.list.parents'), 0) AS list_calls,
               (t.engine = 'cloudcontrol') + (json_type(t.doc, '$.region_from') IS NOT NULL)
                 + (SELECT count(*) FROM _type_call k WHERE k.type = t.type AND k.role IN ('step', 'supp') AND k.op IS NOT NULL) AS calls_each,
               (SELECT count(*) FROM _resource r WHERE r.type = t.type AND r.deleted = 0) AS resources,
               (SELECT sum(n.calls) FROM (SELECT max(c.started_ms), c.calls FROM _coverage c WHERE c.type = t.type GROUP BY c.account, c.region) n) AS measured
          FROM _type t WHERE t.engine NOT IN ('exec', 'push') AND (:types IS NULL OR glob_any(t.type, :types))) s
 ORDER BY calls DESC, s.resource_type;

-- name: read_types_iam
-- plan: scan
-- What recording these types may do, and with what it finds out who and where it is.
SELECT i.action FROM _type_iam i WHERE :types IS NULL OR glob_any(i.type, :types)
UNION SELECT m.column1 FROM (VALUES ('sts:GetCallerIdentity'), ('ec2:DescribeRegions')) m
 ORDER BY 1;

-- name: read_functions
-- plan: scan
-- Functions that are run here, the rules they evaluate, and how they went last. What a variable is stays where it is.
SELECT f.name AS function, f.runtime, f.handler, f.code, f.timeout_ms / 1000.0 AS timeout, f.memory_mb AS memory, f.concurrency,
       (SELECT group_concat(e.key || CASE WHEN e.type = 'null' THEN '' ELSE '=' || e.value END, ' ') FROM json_each(f.environment) e) AS environment,
       (SELECT count(*) FROM _config_rule c WHERE c.owner = 'CUSTOM_LAMBDA' AND (c.identifier GLOB '*:function:' || f.name OR c.identifier GLOB '*:function:' || f.name || ':*')) AS rules,
       (SELECT r.outcome FROM _function_run r WHERE r.name = f.name ORDER BY r.run_id DESC LIMIT 1) AS last,
       (SELECT strftime('%Y-%m-%d %H:%M:%S', r.started_ms / 1000, 'unixepoch') FROM _function_run r WHERE r.name = f.name ORDER BY r.run_id DESC LIMIT 1) AS ran,
       (SELECT r.error FROM _function_run r WHERE r.name = f.name ORDER BY r.run_id DESC LIMIT 1) AS error,
       strftime('%Y-%m-%d %H:%M:%S', f.changed_ms / 1000, 'unixepoch') AS changed
  FROM _function f WHERE :name IS NULL OR f.name = :name ORDER BY f.name;

-- name: read_function_runs
-- plan: scan
-- What a function said, the newest last.
SELECT l.started, l.request_id, l.rule, l.outcome, l.took_ms, l.error, l.log
  FROM (SELECT r.run_id, strftime('%Y-%m-%d %H:%M:%S', r.started_ms / 1000, 'unixepoch') AS started, r.request_id, r.rule, r.outcome, r.took_ms, r.error, r.log
          FROM _function_run r WHERE r.name = :name ORDER BY r.run_id DESC LIMIT :limit) l
 ORDER BY l.run_id;
