-- A resource has few links and a name may stand on all of them: the index is named, for without
-- statistics the planner takes the one by name.

-- name: edge_close_gone
-- Links that the new item no longer has, or that lead to another resource now.
UPDATE _edge INDEXED BY _edge_rid SET until_ms = :at
 WHERE rid = :rid AND until_ms = 253402300799000
   AND NOT EXISTS (SELECT 1 FROM stage_edge s WHERE s.stage_id = :stage AND s.name = _edge.name AND s.target_type = _edge.target_type
                     AND s.link = _edge.link AND s.ext = _edge.ext
                     AND (_edge.target_rid IS NULL OR s.target_id IS NULL OR s.target_id = _edge.target_id));

-- name: edge_add_new
-- plan: scan
INSERT INTO _edge(rid, name, target_type, target_id, by, link, ext, since_ms)
SELECT :rid, s.name, s.target_type, coalesce(s.target_id, s.link), s.by, s.link, s.ext, :at
  FROM stage_edge s
 WHERE s.stage_id = :stage
   AND NOT EXISTS (SELECT 1 FROM _edge e INDEXED BY _edge_rid WHERE e.rid = :rid AND e.until_ms = 253402300799000 AND e.name = s.name
                     AND e.target_type = s.target_type AND e.link = s.link AND e.ext = s.ext);

-- name: edge_close_all
UPDATE _edge INDEXED BY _edge_rid SET until_ms = :at WHERE rid = :rid AND until_ms = 253402300799000;

-- name: edge_resolve_ids
-- plan: scan
-- Links whose target became known: looked for first, as most are none. An id may be a name that other regions (or hosts) have too: only
-- what belongs to no region, or is named once in all of them, is meant across regions.
UPDATE _edge AS e INDEXED BY _edge_open SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource s JOIN _resource t ON t.id = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global' OR EXISTS (SELECT 1 FROM _type y WHERE y.type = t.type AND y.scope = 'global-list'))
    WHERE s.rid = e.rid ORDER BY t.deleted, t.region <> s.region LIMIT 1)
 WHERE target_rid IS NULL AND until_ms = 253402300799000 AND by = 'id'
   AND EXISTS (SELECT 1 FROM _resource t CROSS JOIN _resource s ON t.id = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global' OR EXISTS (SELECT 1 FROM _type y WHERE y.type = t.type AND y.scope = 'global-list'))
    WHERE s.rid = e.rid);

-- name: edge_resolve_names
-- plan: scan
UPDATE _edge AS e INDEXED BY _edge_open SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource s JOIN _resource t ON t.name = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global')
    WHERE s.rid = e.rid ORDER BY t.deleted, t.id LIMIT 1)
 WHERE target_rid IS NULL AND until_ms = 253402300799000 AND by = 'name'
   AND EXISTS (SELECT 1 FROM _resource t CROSS JOIN _resource s ON t.name = e.link AND t.type = e.target_type AND t.account = s.account
      AND (t.region = s.region OR t.region = 'global') WHERE s.rid = e.rid);

-- name: edge_resolve_arns
-- plan: scan
UPDATE _edge AS e INDEXED BY _edge_open SET (target_rid, target_id) =
  (SELECT t.rid, t.id FROM _resource t WHERE t.arn = e.link AND t.type = e.target_type ORDER BY t.deleted, t.id LIMIT 1)
 WHERE target_rid IS NULL AND until_ms = 253402300799000 AND by = 'arn'
   AND EXISTS (SELECT 1 FROM _resource t WHERE t.arn = e.link AND t.type = e.target_type);
