-- name: stage_put
-- alone
-- A resource seen again in the same sweep (a page shifted under us) counts once, the newest wins.
INSERT OR REPLACE INTO stage(account, region, type, id, name, arn, az, created_ms, captured_ms, configuration, supplementary, tags, cause,
                             known_hash, known_page, known_full)
VALUES (:account, :region, :type, :id, :name, :arn, :az, :created, :captured, :configuration, :supplementary, :tags, :cause,
        :known_hash, :known_page, :known_full);

-- name: stage_gone
-- alone
INSERT OR IGNORE INTO stage(account, region, type, id, name, arn, captured_ms, gone)
SELECT account, region, type, id, name, arn, :captured, 1 FROM _resource WHERE rid = :rid;

-- name: stage_cause_add
-- alone
INSERT INTO stage_cause(event_id, event_name, event_source, actor, source_ip, user_agent, at_ms, region, account)
VALUES (:event_id, :event_name, :event_source, :actor, :source_ip, :user_agent, :at, :region, :account);

-- name: stage_blame
-- alone
-- What a listing came across is due to the event that asked for it only where the event names it.
UPDATE stage SET cause = :cause
 WHERE type = :type AND account = :account AND cause IS NULL AND (id = :id OR name = :name OR arn = :arn);

-- name: stage_blame_born
-- plan: scan
-- alone
-- The default group of a new VPC: no event names it, but its VPC is due to one.
UPDATE stage SET cause = (SELECT min(x.cause) FROM stage_edge e
                            JOIN stage x ON x.type = e.target_type AND x.id = e.target_id AND x.account = stage.account
                           WHERE e.stage_id = stage.stage_id AND x.cause IS NOT NULL)
 WHERE cause IS NULL AND gone = 0
   AND NOT EXISTS (SELECT 1 FROM _resource r WHERE r.id = stage.id AND r.type = stage.type AND r.account = stage.account
                      AND r.region = stage.region AND r.deleted = 0);

-- name: stage_cause_keep
-- plan: scan
-- An event that is told twice is one cause.
INSERT OR IGNORE INTO _cause(event_id, event_name, event_source, actor, source_ip, user_agent, at_ms, region, account)
SELECT event_id, event_name, event_source, actor, source_ip, user_agent, at_ms, region, account FROM stage_cause WHERE cause = :cause;

-- name: stage_cause_kept
-- plan: scan
SELECT c.cause_id AS cause_id FROM stage_cause s JOIN _cause c ON c.event_id = s.event_id WHERE s.cause = :cause;

-- name: stage_related
-- plan: scan
-- What may show something else because of what was staged behind :after: the other ends of links that are told
-- there (inverse) or change it (ripple), as they were and as they are; who names it by name or ARN, or at all where
-- it is gone; and who has named it before it was known. With :all = 0 only what came or went counts.
WITH x AS (
  SELECT s.stage_id, s.type, s.id, s.name, s.arn, s.account, s.region, s.gone, s.cause, r.rid
    FROM stage s LEFT JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region AND r.deleted = 0
   WHERE s.stage_id > :after AND (:all = 1 OR s.gone <> 0 OR r.rid IS NULL)
), told AS (
  SELECT DISTINCT from_type AS type, from_name AS name, type AS target FROM _type_inverse
  UNION SELECT type, name, target FROM _type_relation WHERE ripple = 1
), y AS (
  SELECT e.target_rid AS rid, x.cause
    FROM x JOIN _edge e ON e.rid = x.rid AND e.until_ms = 253402300799000
    JOIN told t ON t.type = x.type AND t.name = e.name AND t.target = e.target_type
  UNION
  SELECT r.rid, x.cause
    FROM x JOIN stage_edge e ON e.stage_id = x.stage_id
    JOIN told t ON t.type = x.type AND t.name = e.name AND t.target = e.target_type
    JOIN _resource r ON r.id = e.target_id AND r.type = e.target_type AND r.account = x.account AND r.deleted = 0
  UNION
  SELECT e.rid, x.cause
    FROM x JOIN _edge e ON e.target_rid = x.rid AND e.until_ms = 253402300799000
    JOIN _resource r ON r.rid = e.rid
   WHERE x.gone <> 0 OR e.by <> 'id' OR EXISTS (SELECT 1 FROM _type_relation t WHERE t.type = r.type AND t.name = e.name AND t.ripple = 1)
  UNION
  SELECT e.rid, x.cause
    FROM x JOIN _edge e ON e.target_rid IS NULL AND e.until_ms = 253402300799000 AND e.target_type = x.type AND e.link IN (x.name, x.arn)
)
SELECT r.rid AS rid, r.type AS type, r.region AS region, r.id AS id, r.name AS name, r.arn AS arn, min(y.cause) AS cause
  FROM y JOIN _resource r ON r.rid = y.rid
 WHERE r.deleted = 0
   AND NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region)
 GROUP BY r.rid ORDER BY r.rid;

-- name: stage_unmet
-- plan: scan
-- What the staged documents lead to and nobody has recorded: it may be as new as they are.
SELECT DISTINCT e.target_type AS type, s.region AS region, e.by AS by, e.link AS link, s.cause AS cause
  FROM stage s JOIN stage_edge e ON e.stage_id = s.stage_id
  JOIN (SELECT type, name, target FROM _type_relation WHERE ripple = 1
        UNION SELECT from_type, from_name, type FROM _type_inverse) t ON t.type = s.type AND t.name = e.name AND t.target = e.target_type
 WHERE s.stage_id > :after AND e.link <> ''
   AND NOT EXISTS (SELECT 1 FROM stage_known k WHERE k.type = e.target_type AND k.account = s.account
                      AND CASE e.by WHEN 'id' THEN k.id WHEN 'name' THEN k.name ELSE k.arn END = e.link)
   AND NOT (e.by = 'arn' AND e.link NOT LIKE 'arn:%:%:%:' || s.account || ':%')
 ORDER BY 1, 2, 3, 4;

-- name: stage_live
-- plan: scan
-- Who is known by that, each by the index of its own.
SELECT rid AS rid, region AS region, id AS id, name AS name, arn AS arn
  FROM _resource WHERE id = :id AND type = :type AND account = :account AND deleted = 0
UNION SELECT rid, region, id, name, arn FROM _resource WHERE name = :name AND type = :type AND account = :account AND deleted = 0
UNION SELECT rid, region, id, name, arn FROM _resource WHERE arn = :arn AND type = :type AND account = :account AND deleted = 0;

-- name: stage_last
-- plan: scan
SELECT coalesce(max(stage_id), 0) AS stage_id FROM stage;

-- name: stage_look_put
-- alone
INSERT INTO stage_look(account, region, type, started_ms, ended_ms, outcome, reason, code, seen, calls)
VALUES (:account, :region, :type, :started, :ended, :outcome, :reason, :code, :seen, :calls);

-- name: stage_unseen
-- plan: scan
-- Live resources of a place and type that the sweep did not come across.
SELECT r.rid AS rid, r.id AS id, r.name AS name, r.arn AS arn, r.region AS region
  FROM _resource r
 WHERE r.type = :type AND r.account = :account AND (:region IS NULL OR r.region = :region) AND r.deleted = 0
   AND NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region)
   AND NOT EXISTS (SELECT 1 FROM stage_same k WHERE k.rid = r.rid)
 ORDER BY r.rid;

-- name: stage_texts
-- plan: scan
SELECT stage_id AS stage_id, type AS type, account AS account, configuration AS configuration, supplementary AS supplementary
  FROM stage WHERE stage_id > :after AND gone = 0 ORDER BY stage_id;

-- name: stage_rules
SELECT name AS name, target AS target, src AS src, path AS path, by AS by, match AS match, split AS split, json AS json, emit AS emit, ext AS ext
  FROM _type_relation WHERE type = :type ORDER BY ord;

-- name: stage_add_edge
-- alone
INSERT OR IGNORE INTO stage_edge(stage_id, name, target_type, link, by, emit, ext)
VALUES (:stage, :name, :target, :link, :by, :emit, :ext);

-- name: stage_know_staged
-- plan: scan
-- alone
-- Only what a link names is looked for: ids need no looking up.
INSERT OR IGNORE INTO stage_known(type, id, name, arn, account, region)
SELECT type, id, name, arn, account, region FROM stage
 WHERE gone = 0 AND (arn IN (SELECT link FROM stage_edge WHERE by = 'arn') OR (type, name) IN (SELECT target_type, link FROM stage_edge WHERE by = 'name'));

-- name: stage_know_stored
-- plan: scan
-- alone
INSERT OR IGNORE INTO stage_known(type, id, name, arn, account, region)
SELECT r.type, r.id, r.name, r.arn, r.account, r.region FROM _resource r
 WHERE r.deleted = 0 AND r.account IN (SELECT account FROM stage)
   AND (r.arn IN (SELECT link FROM stage_edge WHERE by = 'arn') OR (r.type, r.name) IN (SELECT target_type, link FROM stage_edge WHERE by = 'name'))
   AND NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region);

-- name: stage_resolve_names
-- plan: scan
-- alone
-- A name means a resource of the same account, in the same region or in none.
UPDATE stage_edge AS e SET target_name = e.link, target_id =
  (SELECT k.id FROM stage s JOIN stage_known k ON k.type = e.target_type AND k.name = e.link AND k.account = s.account
      AND (k.region = s.region OR k.region = 'global') WHERE s.stage_id = e.stage_id ORDER BY k.id LIMIT 1)
 WHERE e.by = 'name';

-- name: stage_resolve_arns
-- plan: scan
-- alone
UPDATE stage_edge AS e SET (target_id, target_name) =
  (SELECT k.id, k.name FROM stage_known k WHERE k.arn = e.link AND k.type = e.target_type ORDER BY k.id LIMIT 1)
 WHERE e.by = 'arn';

-- name: stage_resolve_ids
-- plan: scan
-- alone
UPDATE stage_edge SET target_id = link WHERE by = 'id';

-- name: stage_name_arns
-- plan: scan
-- alone
UPDATE stage_edge SET target_name = arn_name(link) WHERE by = 'arn' AND target_name IS NULL AND target_id IS NULL;

-- name: stage_link_staged
-- plan: scan
-- alone
-- Those that are told on the other side, too, where that is about to be compared.
INSERT OR IGNORE INTO stage_link(account, target_type, target_id, relation, from_type, from_id, from_name)
SELECT s.account, e.target_type, e.target_id, e.name, s.type, s.id, CASE e.by WHEN 'id' THEN NULL ELSE s.name END
  FROM stage_edge e JOIN stage s ON s.stage_id = e.stage_id
 WHERE e.ext = 0 AND e.target_id IS NOT NULL
   AND EXISTS (SELECT 1 FROM _type_inverse v WHERE v.type = e.target_type AND v.from_type = s.type AND v.from_name = e.name)
   AND EXISTS (SELECT 1 FROM stage t WHERE t.type = e.target_type AND t.id = e.target_id AND t.account = s.account AND t.gone = 0);

-- name: stage_link_stored
-- plan: scan
-- alone
INSERT OR IGNORE INTO stage_link(account, target_type, target_id, relation, from_type, from_id, from_name)
SELECT r.account, e.target_type, e.target_id, e.name, r.type, r.id, CASE e.by WHEN 'id' THEN NULL ELSE r.name END
  FROM stage t CROSS JOIN _edge e INDEXED BY _edge_target CROSS JOIN _resource r
 WHERE t.gone = 0 AND e.target_id = t.id AND e.until_ms = 253402300799000 AND e.target_type = t.type AND e.ext = 0
   AND r.rid = e.rid AND r.account = t.account AND r.deleted = 0
   AND EXISTS (SELECT 1 FROM _type_inverse v WHERE v.type = e.target_type AND v.from_type = r.type AND v.from_name = e.name)
   AND NOT EXISTS (SELECT 1 FROM stage s WHERE s.type = r.type AND s.id = r.id AND s.account = r.account AND s.region = r.region);

-- name: stage_relationships
-- plan: scan
-- What an item shows: its own links, and those of others that are told on this side. Ordered as AWS Config
-- orders them: by resourceId and resourceName as text, where one that is not there counts as "null".
SELECT x.name AS name, x.type AS type, x.id AS id, x.target_name AS target_name FROM (
  SELECT name, target_type AS type, CASE emit WHEN 'name' THEN NULL WHEN 'both' THEN link ELSE target_id END AS id,
         CASE WHEN emit = 'both' THEN link WHEN by <> 'id' THEN target_name END AS target_name
    FROM stage_edge WHERE stage_id = :stage AND ext = 0
  UNION
  SELECT v.name, l.from_type, l.from_id, l.from_name
    FROM _type_inverse v JOIN stage_link l ON l.account = :account AND l.target_type = :type AND l.target_id = :id
         AND l.relation = v.from_name AND l.from_type = v.from_type
   WHERE v.type = :type) x
 ORDER BY coalesce(x.id, 'null'), coalesce(x.target_name, 'null'), x.name, x.type;

-- name: stage_rows
-- plan: scan
-- What is to be compared and recorded, with what the store knows of it.
SELECT s.stage_id AS stage_id, s.account AS account, s.region AS region, s.type AS type, s.id AS id, s.name AS name, s.arn AS arn,
       s.az AS az, s.created_ms AS created_ms, s.captured_ms AS captured_ms, s.gone AS gone,
       s.configuration AS configuration, s.supplementary AS supplementary, s.tags AS tags,
       r.rid AS rid, r.deleted AS deleted, r.content AS content, r.name AS stored_name, r.arn AS stored_arn,
       s.known_hash IS NOT NULL AS known, s.cause AS cause, (SELECT c.actor FROM stage_cause c WHERE c.cause = s.cause) AS actor
  FROM stage s LEFT JOIN _resource r ON r.id = s.id AND r.type = s.type AND r.account = s.account AND r.region = s.region
 WHERE s.stage_id > :after
 ORDER BY s.stage_id LIMIT :limit;

-- name: stage_count
-- plan: scan
SELECT count(*) AS n, coalesce(sum(gone), 0) AS gone FROM stage;

-- name: stage_unlink
-- alone
-- What was staged of it before is about to be replaced.
DELETE FROM stage_edge WHERE stage_id IN (SELECT stage_id FROM stage WHERE type = :type AND id = :id AND account = :account AND region = :region);

-- name: stage_gone_of_source
-- plan: scan
-- alone
-- What this source was the last to tell of, and did not tell of now. Without :types those that it did tell of now.
INSERT OR IGNORE INTO stage(account, region, type, id, name, arn, captured_ms, gone)
SELECT r.account, r.region, r.type, r.id, r.name, r.arn, :captured, 1
  FROM _resource r JOIN _item i ON i.item_id = r.last_item
 WHERE r.deleted = 0 AND i.source_id = :source
   AND CASE WHEN :types IS NULL THEN r.type IN (SELECT type FROM stage) ELSE glob_any(r.type, :types) END;

-- name: stage_looks_of_source
-- plan: scan
-- alone
INSERT INTO stage_look(account, region, type, started_ms, ended_ms, outcome, seen, calls)
SELECT account, region, type, :started, :ended, 'complete', sum(gone = 0), 0
  FROM stage WHERE :types IS NULL OR glob_any(type, :types) GROUP BY account, region, type;

-- name: stage_look_of_none
-- alone
INSERT INTO stage_look(account, region, type, started_ms, ended_ms, outcome, seen, calls)
SELECT :account, :region, :type, :started, :ended, 'complete', 0, 0 WHERE NOT EXISTS (SELECT 1 FROM stage_look WHERE type = :type);

-- name: stage_refuse
-- alone
UPDATE stage_look SET outcome = 'partial', reason = :reason
 WHERE type = :type AND account = :account AND (region = :region OR region = 'global') AND outcome = 'complete';

-- name: stage_count_written
-- alone
UPDATE stage_look SET written = written + 1
 WHERE type = :type AND account = :account AND (region = :region OR region = 'global');

-- name: stage_coverage
-- plan: scan
INSERT INTO _coverage(source_id, sweep_ms, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls)
SELECT :source, :sweep, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls FROM stage_look ORDER BY look_id;

-- name: stage_clear
-- plan: scan
-- alone
DELETE FROM stage;
-- name: stage_clear_edges
-- plan: scan
-- alone
DELETE FROM stage_edge;
-- name: stage_clear_known
-- plan: scan
-- alone
DELETE FROM stage_known;
-- name: stage_clear_links
-- plan: scan
-- alone
DELETE FROM stage_link;
-- name: stage_clear_causes
-- plan: scan
-- alone
DELETE FROM stage_cause;
-- name: stage_clear_looks
-- plan: scan
-- alone
DELETE FROM stage_look;

-- name: stage_clear_same
-- plan: scan
-- alone
DELETE FROM stage_same;
-- name: stage_clear_pages
-- plan: scan
-- alone
DELETE FROM stage_page;

-- name: stage_is_open
-- plan: scan
SELECT 1 AS yes FROM sqlite_temp_schema WHERE name = 'stage';
