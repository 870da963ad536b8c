-- name: known_find
SELECT k.rid AS rid, k.page AS at, k.full_ms AS full_ms, r.region AS region
  FROM _known k JOIN _resource r ON r.rid = k.rid AND r.last_item = k.item_id AND r.deleted = 0
 WHERE k.hash = :hash;

-- name: known_find_page
SELECT p.n AS n FROM _known_page p
 WHERE p.page = :page AND p.hash = :hash
   AND p.n = (SELECT count(*) FROM _known k JOIN _resource r ON r.rid = k.rid AND r.last_item = k.item_id AND r.deleted = 0
               WHERE k.page = p.page AND k.hash IS NOT NULL AND k.full_ms IS NULL);

-- name: known_same
-- alone
INSERT OR REPLACE INTO stage_same(rid, page) VALUES (:rid, :page);

-- name: known_same_page
-- alone
INSERT OR REPLACE INTO stage_same(rid)
SELECT k.rid FROM _known k JOIN _resource r ON r.rid = k.rid AND r.last_item = k.item_id AND r.deleted = 0
 WHERE k.page = :page AND k.hash IS NOT NULL AND k.full_ms IS NULL;

-- name: known_not_same
-- alone
DELETE FROM stage_same WHERE rid = :rid;

-- name: known_count_same
-- plan: scan
-- What is staged after all (it moved from one page to another meanwhile) is counted there.
SELECT count(*) AS n FROM stage_same k JOIN _resource r ON r.rid = k.rid
 WHERE NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region);

-- name: known_note_page
-- alone
INSERT OR REPLACE INTO stage_page(page, hash, n, account, region, type) VALUES (:page, :hash, :n, :account, :region, :type);

-- name: known_touched
-- plan: scan
-- Which of those that were listed as they are known may show something else all the same, because of what was staged:
-- the other ends of links that came or went, and who names something that came, went or is called otherwise. A name may
-- belong to several: who leads to any of them counts.
WITH moved AS MATERIALIZED (
  SELECT s.stage_id, s.type, s.account, r.rid, s.name, s.arn, r.name AS old_name, r.arn AS old_arn
    FROM stage s LEFT JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region
   WHERE s.gone <> 0 OR r.rid IS NULL OR r.deleted = 1 OR s.name IS NOT r.name OR s.arn IS NOT r.arn
), links AS MATERIALIZED (
  SELECT e.target_type, e.link, e.target_id, e.target_rid, s.account
    FROM stage s JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region
    CROSS JOIN _edge e INDEXED BY _edge_rid ON e.rid = r.rid AND e.until_ms = 253402300799000 AND e.ext = 0
   WHERE s.stage_id IN (SELECT stage_id FROM moved)
      OR NOT EXISTS (SELECT 1 FROM stage_edge x WHERE x.stage_id = s.stage_id AND x.name = e.name AND x.target_type = e.target_type
                        AND x.link = e.link AND x.ext = e.ext)
  UNION
  SELECT x.target_type, x.link, NULL, NULL, s.account
    FROM stage s JOIN stage_edge x ON x.stage_id = s.stage_id AND x.ext = 0
    LEFT JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region
   WHERE s.stage_id IN (SELECT stage_id FROM moved)
      OR NOT EXISTS (SELECT 1 FROM _edge e INDEXED BY _edge_rid WHERE e.rid = r.rid AND e.until_ms = 253402300799000 AND e.name = x.name
                        AND e.target_type = x.target_type AND e.link = x.link AND e.ext = x.ext)
), named AS MATERIALIZED (
  SELECT type, name AS called, 'name' AS by FROM moved WHERE name IS NOT NULL
  UNION SELECT type, old_name, 'name' FROM moved WHERE old_name IS NOT NULL
  UNION SELECT type, arn, 'arn' FROM moved WHERE arn IS NOT NULL
  UNION SELECT type, old_arn, 'arn' FROM moved WHERE old_arn IS NOT NULL
), bearers AS MATERIALIZED (
  SELECT rid FROM moved WHERE rid IS NOT NULL
  UNION SELECT r.rid FROM named n JOIN _resource r ON r.name = n.called AND r.type = n.type WHERE n.by = 'name'
  UNION SELECT r.rid FROM named n JOIN _resource r ON r.arn = n.called WHERE n.by = 'arn'
), touched AS (
  -- Who is led to by a name is told so: it may be another one's turn now.
  SELECT rid FROM bearers
  UNION SELECT target_rid AS rid FROM links WHERE target_rid IS NOT NULL
  UNION SELECT r.rid FROM links l JOIN _resource r ON r.id = l.link AND r.type = l.target_type AND r.account = l.account
  UNION SELECT r.rid FROM links l JOIN _resource r ON r.id = l.target_id AND r.type = l.target_type AND r.account = l.account
  UNION SELECT r.rid FROM links l JOIN _resource r ON r.name = l.link AND r.type = l.target_type AND r.account = l.account
  UNION SELECT r.rid FROM links l JOIN _resource r ON r.arn = l.link AND r.type = l.target_type
  UNION SELECT e.rid FROM bearers b CROSS JOIN _edge e INDEXED BY _edge_target_rid ON e.target_rid = b.rid AND e.until_ms = 253402300799000
         WHERE e.by <> 'id'
  UNION SELECT e.rid FROM named n CROSS JOIN _edge e INDEXED BY _edge_open
            ON e.by = n.by AND e.target_type = n.type AND e.link = n.called AND e.target_rid IS NULL AND e.until_ms = 253402300799000
)
SELECT k.rid AS rid FROM touched t JOIN stage_same k ON k.rid = t.rid JOIN _resource r ON r.rid = k.rid
 WHERE NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region)
 ORDER BY k.rid;

-- name: known_any_same
-- plan: scan
SELECT 1 AS yes FROM stage_same LIMIT 1;

-- name: known_resource
SELECT r.account AS account, r.region AS region, r.type AS type, r.id AS id, r.name AS name, r.arn AS arn,
       i.item_id AS item_id, i.az AS az, i.created_ms AS created_ms
  FROM _resource r JOIN _item i ON i.item_id = r.last_item WHERE r.rid = :rid;

-- name: known_keep
-- plan: scan
-- A hash that changed within a day though the resource did not is one of something that moves by itself: it is not
-- written again before a day is over.
INSERT INTO _known(rid, item_id, hash, page, full_ms, since_ms)
SELECT r.rid, r.last_item, s.known_hash, s.known_page, CASE s.known_full WHEN 1 THEN s.captured_ms END, :now
  FROM stage s JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region
 WHERE s.stage_id = :stage
    ON CONFLICT(rid) DO UPDATE SET
       item_id = excluded.item_id, page = excluded.page, full_ms = excluded.full_ms,
       hash = CASE WHEN _known.item_id = excluded.item_id AND _known.hash <> excluded.hash AND _known.since_ms > :now - 86400000
                   THEN NULL ELSE excluded.hash END,
       since_ms = CASE WHEN _known.hash = excluded.hash THEN _known.since_ms ELSE excluded.since_ms END
 WHERE _known.item_id <> excluded.item_id
    OR (_known.hash IS NOT NULL AND (_known.hash <> excluded.hash OR _known.page IS NOT excluded.page OR _known.full_ms IS NOT excluded.full_ms))
    OR (_known.hash IS NULL AND _known.since_ms <= :now - 86400000);

-- name: known_forget
DELETE FROM _known WHERE rid = :rid;

-- name: known_move
-- plan: scan
UPDATE _known SET page = (SELECT s.page FROM stage_same s WHERE s.rid = _known.rid)
 WHERE rid IN (SELECT rid FROM stage_same WHERE page IS NOT NULL);

-- name: known_keep_pages
-- plan: scan
INSERT INTO _known_page(page, hash, n, source_id, account, region, type)
SELECT p.page, p.hash, p.n, :source, p.account, p.region, p.type FROM stage_page p
 WHERE p.n = (SELECT count(*) FROM _known k JOIN _resource r ON r.rid = k.rid AND r.last_item = k.item_id AND r.deleted = 0
               WHERE k.page = p.page AND k.hash IS NOT NULL AND k.full_ms IS NULL)
    ON CONFLICT(page) DO UPDATE SET hash = excluded.hash, n = excluded.n WHERE hash <> excluded.hash OR n <> excluded.n;

-- name: known_drop_pages
-- plan: scan
-- Pages that a complete listing no longer has.
DELETE FROM _known_page
 WHERE source_id = :source AND page NOT IN (SELECT page FROM stage_page)
   AND EXISTS (SELECT 1 FROM stage_look l WHERE l.type = _known_page.type AND l.account = _known_page.account
                  AND l.region = _known_page.region AND l.outcome = 'complete');
