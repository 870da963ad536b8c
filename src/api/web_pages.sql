-- What the web pages ask of the store's own tables: with the moment as a parameter, so that a page about the past costs what one about the present does.
-- Run as text (db/select); their ORDER BY is the key that pages go by (web.def).

-- name: web_board
-- plan: scan
-- Each rule in each place as it stood at :until_ms, worst first. failing_json: how many resources failed at :since_ms and at the end of each day behind it.
WITH verdict AS MATERIALIZED (
  SELECT v.rule, coalesce(v.account, r.account) AS account, coalesce(v.region, r.region) AS region, v.result, v.since_ms, v.until_ms
    FROM _verdict v CROSS JOIN _resource r ON r.rid = v.rid
   WHERE v.since_ms <= :until_ms AND v.until_ms > :since_ms AND (v.result = 'NON_COMPLIANT' OR v.until_ms > :until_ms)),
now AS (
  SELECT rule, account, region, sum(result = 'COMPLIANT') AS compliant, sum(result = 'NON_COMPLIANT') AS non_compliant,
         sum(result = 'INSUFFICIENT_DATA') AS insufficient, max(CASE WHEN result = 'NON_COMPLIANT' THEN since_ms END) AS newest_ms
    FROM verdict WHERE until_ms > :until_ms GROUP BY rule, account, region),
-- What begins to fail counts from the next of those moments on, what ends no longer counts at the next.
turn AS (
  SELECT rule, account, region, day, sum(n) AS n
    FROM (SELECT rule, account, region, max(0, (since_ms - :since_ms + 86399999) / 86400000) AS day, 1 AS n FROM verdict WHERE result = 'NON_COMPLIANT'
          UNION ALL
          SELECT rule, account, region, (until_ms - :since_ms + 86399999) / 86400000, -1 FROM verdict WHERE result = 'NON_COMPLIANT' AND until_ms <= :until_ms)
   GROUP BY rule, account, region, day),
day AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM day WHERE n < (:until_ms - :since_ms) / 86400000),
line AS (
  SELECT rule, account, region, json_group_array(failing) AS failing
    FROM (SELECT p.rule, p.account, p.region,
                 sum(coalesce(t.n, 0)) OVER (PARTITION BY p.rule, p.account, p.region ORDER BY d.n) AS failing
            FROM (SELECT DISTINCT rule, account, region FROM turn) p CROSS JOIN day d
            LEFT JOIN turn t ON t.rule = p.rule AND t.account = p.account AND t.region = p.region AND t.day = d.n
           ORDER BY p.rule, p.account, p.region, d.n)
   GROUP BY rule, account, region),
place AS (
  SELECT rule, account, region FROM now UNION SELECT rule, account, region FROM line
  UNION SELECT c.name, c.account, c.region FROM _config_rule c WHERE c.created_ms <= :until_ms AND c.state IN ('ACTIVE', 'EVALUATING'))
SELECT p.rule, p.account, p.region, c.owner, c.identifier AS source, c.description,
       coalesce(n.compliant, 0) AS compliant, coalesce(n.non_compliant, 0) AS non_compliant, coalesce(n.insufficient, 0) AS insufficient,
       strftime('%Y-%m-%d %H:%M:%S', n.newest_ms / 1000, 'unixepoch') AS newest,
       (SELECT s.error FROM _rule_status s WHERE s.rule_id = c.rule_id) AS error,
       coalesce(l.failing, '[]') AS failing_json
  FROM place p
  LEFT JOIN now n ON n.rule = p.rule AND n.account = p.account AND n.region = p.region
  LEFT JOIN line l ON l.rule = p.rule AND l.account = p.account AND l.region = p.region
  LEFT JOIN _config_rule c ON c.account = p.account AND c.region = p.region AND c.name = p.rule
 WHERE (:account IS NULL OR p.account = :account) AND (:region IS NULL OR p.region GLOB :region) AND (:rule IS NULL OR p.rule GLOB :rule)
 ORDER BY coalesce(n.non_compliant, 0) DESC, p.rule, p.account, p.region;

-- name: web_findings
-- plan: scan
-- What a rule finds at :until_ms, the newest first; version, actor and event_name are of the item that it judged; was: what it found before. lane_json: the last
-- verdicts on the resource, oldest first, each [since, until, result], in epoch seconds.
SELECT f.rid, f.resource_type, f.resource_id, f.name, f.account, f.region, f.rule, f.result, f.since, f.t, f.annotation,
       i.version, i.at, i.actor, c.event_name,
       (SELECT p.result FROM _verdict p WHERE p.rid = f.rid AND p.rule = f.rule AND p.until_ms = f.since_ms ORDER BY p.since_ms DESC LIMIT 1) AS was,
       (SELECT json_group_array(json_array(k.t, k.until_ms / 1000, k.result))
          FROM (SELECT * FROM (SELECT h.t, h.since_ms, h.until_ms, h.result FROM _verdict h WHERE h.rid = f.rid AND h.rule = f.rule AND h.since_ms <= :until_ms
                                  AND h.until_ms > :since_ms ORDER BY h.since_ms DESC LIMIT 40) ORDER BY since_ms) k) AS lane_json
  -- The limit keeps it a query of its own: what stands above is worked out for rows that are told, not for what is sorted.
  FROM (SELECT v.rid, r.type AS resource_type, r.id AS resource_id, r.name, coalesce(v.account, r.account) AS account, coalesce(v.region, r.region) AS region,
               v.rule, v.result, v.since, v.t, v.annotation, v.since_ms, v.ordering_ms
          FROM _verdict v CROSS JOIN _resource r ON r.rid = v.rid
         WHERE v.rule = :rule AND (:result IS NULL OR v.result = :result)
           AND v.since_ms <= :until_ms AND v.until_ms > :until_ms
           AND (:types IS NULL OR glob_any(r.type, :types))
           AND (:account IS NULL OR coalesce(v.account, r.account) = :account) AND (:region IS NULL OR coalesce(v.region, r.region) GLOB :region)
           AND (:rid IS NULL OR v.rid = :rid)
         ORDER BY v.t DESC, r.type, r.id, v.rid, v.rule LIMIT -1) f
  LEFT JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = f.rid AND x.captured_ms <= coalesce(f.ordering_ms, f.since_ms)
                                     ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
  LEFT JOIN _cause c ON c.cause_id = i.cause_id;

-- name: web_fixes
-- plan: scan
-- How long it takes until what a rule finds failing is right again: of what had been mended by :until_ms, and of what had not.
SELECT f.rule, count(f.mended) AS mended, sum(f.mended IS NULL) AS open, CAST(avg(f.mended) AS INTEGER) AS mean_seconds,
       max(CASE WHEN f.place = (f.n + 1) / 2 THEN f.mended END) AS median_seconds, max(f.mended) AS longest_seconds, max(f.waits) AS oldest_open_seconds
  FROM (SELECT m.*, row_number() OVER (PARTITION BY m.rule, m.mended IS NULL ORDER BY m.mended) AS place, count(m.mended) OVER (PARTITION BY m.rule) AS n
          FROM (SELECT v.rule, CASE WHEN v.until_ms <= :until_ms THEN (v.until_ms - v.since_ms) / 1000 END AS mended,
                       CASE WHEN v.until_ms > :until_ms THEN (:until_ms - v.since_ms) / 1000 END AS waits
                  FROM _verdict v WHERE v.result = 'NON_COMPLIANT' AND v.since_ms <= :until_ms AND v.since_ms >= :since_ms
                   AND (:rule IS NULL OR v.rule GLOB :rule)) m) f
 GROUP BY f.rule ORDER BY f.rule;

-- name: web_packs
-- plan: scan
-- Conformance packs, with what their rules find at :until_ms: score is the percentage of what is compliant.
SELECT p.name AS pack, p.account, p.region, p.state, p.reason, count(DISTINCT k.rule) AS rules,
       sum(CASE WHEN v.result = 'COMPLIANT' THEN v.n ELSE 0 END) AS compliant, sum(CASE WHEN v.result = 'NON_COMPLIANT' THEN v.n ELSE 0 END) AS non_compliant,
       count(DISTINCT CASE WHEN v.result = 'NON_COMPLIANT' THEN k.rule END) AS failing_rules,
       round(100.0 * sum(CASE WHEN v.result = 'COMPLIANT' THEN v.n ELSE 0 END) / nullif(sum(CASE WHEN v.result IN ('COMPLIANT', 'NON_COMPLIANT') THEN v.n ELSE 0 END), 0), 1) AS score,
       json_group_array(DISTINCT k.rule) AS rules_json
  FROM _conformance_pack p
  LEFT JOIN _pack_rule k ON k.account = p.account AND k.region = p.region AND k.pack = p.name
  LEFT JOIN (SELECT w.account, w.region, w.rule, w.result, count(*) AS n FROM _verdict w
              WHERE w.since_ms <= :until_ms AND w.until_ms > :until_ms AND w.account IS NOT NULL GROUP BY 1, 2, 3, 4) v
    ON v.account = k.account AND v.region = k.region AND v.rule = k.rule
 WHERE p.requested_ms <= :until_ms AND (:account IS NULL OR p.account = :account) AND (:region IS NULL OR p.region GLOB :region)
 GROUP BY p.account, p.region, p.name ORDER BY p.account, p.region, p.name;

-- name: web_neighbours
-- plan: scan
-- What a resource has links with at :until_ms, at most :limit of each type and direction, and of those how many there are. A link that began at or after :since_ms is
-- added, one that ended since is removed. Links both ways are told once, as going out.
WITH link AS (
  SELECT 'out' AS side, e.target_rid AS rid, e.target_type AS type, e.target_id AS id, rtrim(e.name) AS relation, e.since_ms, e.until_ms
    FROM _edge e INDEXED BY _edge_rid WHERE e.rid = :rid AND e.since_ms <= :until_ms AND e.until_ms >= :since_ms
  UNION ALL
  SELECT 'in', e.rid, r.type, r.id, rtrim(e.name), e.since_ms, e.until_ms
    FROM _edge e INDEXED BY _edge_target_rid JOIN _resource r ON r.rid = e.rid
   WHERE e.target_rid = :rid AND e.rid <> :rid AND e.since_ms <= :until_ms AND e.until_ms >= :since_ms),
node AS (
  SELECT max(l.side) AS side, max(l.rid) AS rid, l.type, l.id, group_concat(DISTINCT l.relation) AS relation,
         max(l.until_ms > :until_ms) AS held, min(CASE WHEN l.until_ms > :until_ms THEN l.since_ms END) AS since_ms, max(l.until_ms) AS until_ms
    FROM link l GROUP BY l.type, l.id)
SELECT side, rid, type, id, (SELECT r.name FROM _resource r WHERE r.rid = n.rid) AS name, (SELECT r.account FROM _resource r WHERE r.rid = n.rid) AS account,
       (SELECT r.region FROM _resource r WHERE r.rid = n.rid) AS region, relation,
       CASE WHEN held = 0 THEN 'removed' WHEN since_ms >= :since_ms THEN 'added' ELSE 'held' END AS state, since_ms, n
  FROM (SELECT o.*, count(*) OVER (PARTITION BY o.side, o.type) AS n,
               row_number() OVER (PARTITION BY o.side, o.type ORDER BY o.held AND o.since_ms < :since_ms, o.id) AS place
          FROM node o WHERE (:types IS NULL OR glob_any(o.type, :types))) n
 WHERE place <= :limit ORDER BY side, type, id;

-- name: web_denials
-- plan: scan
SELECT d.account, d.region, d.type AS resource_type, strftime('%Y-%m-%d %H:%M:%S', d.since_ms / 1000, 'unixepoch') AS since,
       strftime('%Y-%m-%d %H:%M:%S', d.last_ms / 1000, 'unixepoch') AS last, d.times,
       strftime('%Y-%m-%d %H:%M:%S', d.again_ms / 1000, 'unixepoch') AS asked_again, d.reason, d.code
  FROM _denial d ORDER BY d.account, d.region, d.type;

-- name: web_sinks
-- plan: scan
-- Who is told, and how far that is. What stands behind a URL's '?' may be a password.
SELECT s.name AS sink, s.kind, CASE WHEN instr(s.target, '?') THEN substr(s.target, 1, instr(s.target, '?') - 1) ELSE s.target END AS target, s.predicate,
       (SELECT count(*) FROM _event v WHERE v.event_id > s.cursor) AS behind, (SELECT count(*) FROM _dead d WHERE d.sink = s.name) AS dead,
       strftime('%Y-%m-%d %H:%M:%S', s.told_ms / 1000, 'unixepoch') AS told, s.tries,
       CASE WHEN s.next_ms > 0 THEN strftime('%Y-%m-%d %H:%M:%S', s.next_ms / 1000, 'unixepoch') END AS next_try, s.error
  FROM _sink s ORDER BY s.name;

-- name: web_status
-- plan: scan
-- One row: how much there is, and what is to be done. lag_seconds: how long a sweep has been due.
SELECT (SELECT count(*) FROM _resource r WHERE r.deleted = 0) AS resources, (SELECT count(*) FROM _resource r WHERE r.deleted = 1) AS deleted,
       (SELECT count(DISTINCT r.type) FROM _resource r WHERE r.deleted = 0) AS types, (SELECT count(*) FROM _item) AS items,
       (SELECT min(i.at) FROM _item i) AS first_at, (SELECT max(i.at) FROM _item i) AS last_at,
       (SELECT p.page_count * s.page_size FROM pragma_page_count p, pragma_page_size s) AS bytes,
       (SELECT max(0, (:until_ms - min(c.next_ms)) / 1000) FROM _recorder c WHERE c.recording AND c.next_ms > 0) AS lag_seconds,
       (SELECT count(*) FROM _delivery d WHERE d.done_ms IS NULL) AS deliveries_due, (SELECT count(*) FROM _dead) AS dead,
       (SELECT count(*) FROM _config_rule) AS rules, (SELECT count(*) FROM _rule_status s WHERE s.error IS NOT NULL) AS failing_rules;
