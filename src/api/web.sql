-- What is asked over HTTP of public views that no reading operation tells of. Run as text (db/select), so that the views
-- can be shadowed by those of a moment; their ORDER BY is the key that pages go by (web.def).

-- name: web_history
-- plan: scan
SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region, h.version, h.event, h.n_changes, h.at, h.until, h.t, h.actor,
       h.status, h.arn
  FROM history h
 WHERE h.t >= :since AND h.t <= :until
   AND (:rid IS NULL OR h.rid = :rid)
   AND (:types IS NULL OR glob_any(h.resource_type, :types))
   AND (:account IS NULL OR h.account = :account)
   AND (:region IS NULL OR h.region GLOB :region)
   AND (:actor IS NULL OR h.actor GLOB :actor)
 ORDER BY h.t DESC, h.resource_type, h.resource_id, h.rid, h.version DESC LIMIT :limit;

-- name: web_timeline
-- plan: scan
SELECT l.rid, l.resource_type, l.resource_id, l.name, l.account, l.region, l.at, l.t, l.event, l.version, l.actor, l.summary
  FROM timeline l
 WHERE l.t >= :since AND l.t <= :until
   AND (:rid IS NULL OR l.rid = :rid)
   AND (:types IS NULL OR glob_any(l.resource_type, :types))
   AND (:account IS NULL OR l.account = :account)
   AND (:region IS NULL OR l.region GLOB :region)
   AND (:actor IS NULL OR l.actor GLOB :actor)
 ORDER BY l.t DESC, l.resource_type, l.resource_id, l.rid, l.version DESC, l.event, l.summary LIMIT :limit;

-- name: web_relationships
-- plan: scan
SELECT e.rid, e.resource_type, e.resource_id, e.name, e.relation, e.target_type, e.target_id, e.target_rid, e.since
  FROM relationships e
 WHERE (:rid IS NULL OR e.rid = :rid)
   AND (:types IS NULL OR glob_any(e.resource_type, :types))
   AND (:account IS NULL OR EXISTS (SELECT 1 FROM _resource r WHERE r.rid = e.rid AND r.account = :account))
   AND (:region IS NULL OR EXISTS (SELECT 1 FROM _resource r WHERE r.rid = e.rid AND r.region GLOB :region))
 ORDER BY e.resource_type, e.resource_id, e.rid, e.relation, e.target_type, e.target_id;

-- name: web_tags
-- plan: scan
-- :tags as of read_resources: here a key, or a key with a value.
SELECT g.rid, g.resource_type, g.resource_id, g.name, g.key, g.value, g.since
  FROM tags g
 WHERE (:rid IS NULL OR g.rid = :rid)
   AND (:types IS NULL OR glob_any(g.resource_type, :types))
   AND (:account IS NULL OR EXISTS (SELECT 1 FROM _resource r WHERE r.rid = g.rid AND r.account = :account))
   AND (:region IS NULL OR EXISTS (SELECT 1 FROM _resource r WHERE r.rid = g.rid AND r.region GLOB :region))
   AND (:tags IS NULL OR EXISTS (SELECT 1 FROM json_each(:tags) w WHERE json_extract(w.value, '$[0]') = g.key
                                    AND g.value = coalesce(json_extract(w.value, '$[1]'), g.value)))
 ORDER BY g.resource_type, g.resource_id, g.rid, g.key;

-- name: web_compliance
-- plan: scan
SELECT c.rid, c.resource_type, c.resource_id, c.name, c.account, c.region, c.rule, c.result, c.since, c.annotation
  FROM compliance c
 WHERE (:rid IS NULL OR c.rid = :rid)
   AND (:types IS NULL OR glob_any(c.resource_type, :types))
   AND (:account IS NULL OR c.account = :account)
   AND (:region IS NULL OR c.region GLOB :region)
   AND (:rule IS NULL OR c.rule GLOB :rule)
   AND (:result IS NULL OR c.result = :result)
 ORDER BY c.rule, c.resource_type, c.resource_id, c.rid;

-- name: web_activity
-- plan: scan
SELECT a.day, a.t, a.resource_type, a.event, a.n
  FROM activity a
 WHERE a.day >= date(:since, 'unixepoch') AND a.t <= :until
   AND (:types IS NULL OR glob_any(a.resource_type, :types))
 ORDER BY a.t, a.resource_type, a.event;

-- name: web_causes
-- plan: scan
SELECT c.rid, c.resource_type, c.resource_id, c.account, c.region, c.version, c.at, c.t, c.actor, c.event_source, c.event_name, c.called,
       c.source_ip, c.user_agent, c.event_id
  FROM causes c
 WHERE c.t >= :since AND c.t <= :until
   AND (:rid IS NULL OR c.rid = :rid)
   AND (:types IS NULL OR glob_any(c.resource_type, :types))
   AND (:account IS NULL OR c.account = :account)
   AND (:region IS NULL OR c.region GLOB :region)
   AND (:actor IS NULL OR c.actor GLOB :actor)
 ORDER BY c.t DESC, c.resource_type, c.resource_id, c.rid, c.version DESC LIMIT :limit;

-- name: web_queries
-- plan: scan
SELECT q.name, q.title, q.sql, q.chart FROM queries q ORDER BY q.name;

-- name: web_kept
-- plan: scan
SELECT q.sql FROM queries q WHERE q.name = :name;

-- name: web_store_at
-- plan: scan
SELECT max(i.at) AS at FROM _item i;
