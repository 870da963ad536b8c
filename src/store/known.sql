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

-- name: known_unstage
-- alone
-- Listed twice in one sweep, once otherwise and then as it is known: the newest wins, as among the staged.
DELETE FROM stage WHERE (type, id, account, region) = (SELECT type, id, account, region FROM _resource WHERE rid = :rid);

-- name: known_unstage_page
-- plan: scan
-- alone
DELETE FROM stage WHERE stage_id IN (SELECT s.stage_id FROM _known k JOIN _resource r ON r.rid = k.rid
  JOIN stage s ON s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region WHERE k.page = :page);

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
-- A relationship is told at both ends, and names and ARNs move from one resource to another: once anything is staged,
-- all that was listed as it is known is compared with it, as it was recorded.
SELECT k.rid AS rid FROM stage_same k JOIN _resource r ON r.rid = k.rid
 WHERE NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region)
   AND EXISTS (SELECT 1 FROM stage)
 ORDER BY k.rid;

-- name: known_settled
SELECT 1 AS yes FROM _known_mark m WHERE m.source_id = :source AND NOT EXISTS (SELECT 1 FROM _item i WHERE i.item_id > m.item_id);

-- name: known_all_same
-- plan: scan
SELECT k.rid AS rid FROM stage_same k JOIN _resource r ON r.rid = k.rid
 WHERE NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region)
 ORDER BY k.rid;

-- name: known_mark
-- plan: scan
-- Where others have written meanwhile, what they wrote is to be looked at.
INSERT OR REPLACE INTO _known_mark(source_id, item_id)
SELECT :source, CASE WHEN (SELECT count(*) FROM _item WHERE item_id > :before) = :written
                     THEN (SELECT coalesce(max(item_id), 0) FROM _item) ELSE :before END;

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
