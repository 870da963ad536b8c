-- name: flat_state
-- plan: scan
-- What a copy depends on, in one line: the same line, the same copy. Rows of these tables are only added,
-- ended or removed, and each of that moves one of the numbers.
SELECT 'items ' || (SELECT coalesce(max(item_id), 0) FROM _item)
       || ', events ' || (SELECT coalesce(max(event_id), 0) FROM _event)
       || ', removed ' || (SELECT count(*) FROM _pruned)
       || ', verdicts ' || (SELECT coalesce(max(verdict_id), 0) FROM _verdict)
       || '/' || (SELECT count(*) FROM _verdict WHERE until_ms = 253402300799000)
       || ', columns 1' AS state;

-- name: flat_about
-- plan: scan
SELECT column1 AS name, column2 AS value FROM (VALUES
  ('as_of', CASE WHEN :at < 253402300799000 THEN strftime('%Y-%m-%d %H:%M:%S', :at / 1000, 'unixepoch') END),
  ('program', :program),
  ('schema', CAST((SELECT user_version FROM pragma_user_version) AS TEXT)),
  ('state', :state));

-- name: flat_resources
-- plan: scan
SELECT x.rid, x.type, x.id, x.name, x.account, x.region, x.az, x.version, x.at, x.t, x.actor, x.arn,
       json_extract(x.document, '$.configuration') AS configuration,
       json_extract(x.document, '$.supplementaryConfiguration') AS supplementary,
       json_extract(x.document, '$.tags') AS tags
  FROM (SELECT r.rid, r.type, r.id, nullif(coalesce(i.name, r.name), '') AS name, r.account, r.region, i.az, i.version, i.at, i.t, i.actor,
               nullif(coalesce(i.arn, r.arn), '') AS arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _resource r
          JOIN _item i ON i.item_id = (SELECT y.item_id FROM _item y WHERE y.rid = r.rid AND y.captured_ms <= :at
                                        ORDER BY y.captured_ms DESC, y.version DESC LIMIT 1)
          LEFT JOIN _document d ON d.document_id = i.document_id
          LEFT JOIN _document b ON b.document_id = d.base
         WHERE i.document_id IS NOT NULL
         ORDER BY r.rid) x;

-- name: flat_history
-- plan: scan
SELECT i.rid, r.type, r.id, r.name, r.account, r.region, i.version, i.event, i.n_changes, i.at,
       CASE WHEN i.until_ms > :at THEN '9999-12-31 23:59:59' ELSE i.until END AS until, i.t, i.actor, i.status
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms <= :at ORDER BY i.rid, i.version;

-- name: flat_changes
-- plan: scan
SELECT i.rid, r.type, r.id, r.name, r.account, r.region, i.version, i.at, i.t,
       json_extract(c.value, '$.op') AS op, json_extract(c.value, '$.path') AS property,
       json_extract(c.value, '$.before') AS before, json_extract(c.value, '$.after') AS after, i.actor
  FROM _diff d JOIN _item i ON i.item_id = d.item_id JOIN _resource r ON r.rid = i.rid, json_each(d.changes) c
 WHERE i.captured_ms <= :at;

-- name: flat_relationships
-- plan: scan
SELECT e.rid, r.type, r.id, r.name, e.name AS relation, e.target_type, e.target_id, e.target_rid, e.since,
       CASE WHEN e.until_ms > :at THEN '9999-12-31 23:59:59' ELSE e.until END AS until,
       e.until_ms > :at OR e.until_ms = 253402300799000 AS current
  FROM _edge e JOIN _resource r ON r.rid = e.rid WHERE e.since_ms <= :at;

-- name: flat_tags
-- plan: scan
SELECT g.rid, r.type, r.id, r.name, g.key, g.value, g.since
  FROM _tag g JOIN _resource r ON r.rid = g.rid
 WHERE g.since_ms <= :at AND (g.until_ms > :at OR g.until_ms = 253402300799000)
 ORDER BY g.rid, g.key;

-- name: flat_compliance
-- plan: scan
SELECT v.rid, r.type, r.id, r.name, r.account, r.region, v.rule, v.result, v.annotation, v.since,
       CASE WHEN v.until_ms > :at THEN '9999-12-31 23:59:59' ELSE v.until END AS until, v.t,
       v.until_ms > :at OR v.until_ms = 253402300799000 AS current
  FROM _verdict v JOIN _resource r ON r.rid = v.rid WHERE v.since_ms <= :at;

-- name: flat_activity
-- plan: scan
-- Of the day of :at what happened by then is counted anew; the days before are as they are.
SELECT day, CAST(strftime('%s', day) AS INTEGER) AS t, type, event, n
  FROM _activity WHERE day < date(min(:at, 253402300799000) / 1000, 'unixepoch')
UNION ALL
SELECT substr(i.at, 1, 10), CAST(strftime('%s', substr(i.at, 1, 10)) AS INTEGER), r.type, i.event, count(*)
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.at >= date(min(:at, 253402300799000) / 1000, 'unixepoch') AND i.captured_ms <= :at
 GROUP BY 1, 3, 4 ORDER BY 1, 3, 4;
