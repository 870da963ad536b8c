-- What a report is made of: a time from :since_ms up to, and without, :until_ms, of one account or of all. Every list has at
-- last how many rows there would be. What Siltstone itself makes of verdicts is no change of the estate.

-- name: report_sum
-- plan: scan
SELECT count(*) AS versions, count(DISTINCT i.rid) AS resources,
       sum(i.event = 'created') AS created, sum(i.event = 'changed') AS changed, sum(i.event = 'deleted') AS deleted,
       count(DISTINCT i.actor) AS actors,
       (SELECT count(*) FROM _resource x WHERE x.deleted = 0 AND x.type <> 'AWS::Config::ResourceCompliance' AND x.account = coalesce(:account, x.account)) AS living,
       (SELECT count(*) FROM _verdict v JOIN _resource y ON y.rid = v.rid WHERE v.result = 'NON_COMPLIANT' AND v.since_ms < :until_ms AND v.until_ms >= :until_ms
           AND y.account = coalesce(:account, y.account)) AS failing,
       (SELECT count(*) FROM _verdict v JOIN _resource y ON y.rid = v.rid WHERE v.result = 'NON_COMPLIANT' AND v.since_ms < :since_ms AND v.until_ms >= :since_ms
           AND y.account = coalesce(:account, y.account)) AS failed_before
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type <> 'AWS::Config::ResourceCompliance' AND r.account = coalesce(:account, r.account);

-- name: report_days
-- plan: scan
SELECT substr(i.at, 1, 10) AS day, sum(i.event = 'created') AS created, sum(i.event = 'changed') AS changed, sum(i.event = 'deleted') AS deleted, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type <> 'AWS::Config::ResourceCompliance' AND r.account = coalesce(:account, r.account)
 GROUP BY 1 ORDER BY 1 DESC LIMIT 100;

-- name: report_types
-- plan: scan
SELECT r.type AS resource_type, sum(i.event = 'created') AS created, sum(i.event = 'changed') AS changed, sum(i.event = 'deleted') AS deleted,
       count(DISTINCT i.rid) AS resources, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type <> 'AWS::Config::ResourceCompliance' AND r.account = coalesce(:account, r.account)
 GROUP BY r.type ORDER BY count(*) DESC, r.type LIMIT 15;

-- name: report_actors
-- plan: scan
SELECT coalesce(i.actor, '(nobody known)') AS actor, sum(i.event = 'created') AS created, sum(i.event = 'changed') AS changed, sum(i.event = 'deleted') AS deleted,
       count(DISTINCT i.rid) AS resources, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type <> 'AWS::Config::ResourceCompliance' AND r.account = coalesce(:account, r.account)
 GROUP BY i.actor ORDER BY count(*) DESC, 1 LIMIT 15;

-- name: report_broke
-- plan: scan
-- What came to fail, by which version's author; a resource that was new counts, too.
SELECT v.rule, r.type AS resource_type, coalesce(nullif(r.name, ''), (SELECT g.value FROM _tag g WHERE g.rid = r.rid AND g.key = 'Name' ORDER BY g.until_ms DESC LIMIT 1), r.id) AS resource, r.account || ' ' || r.region AS place, v.since,
       CASE WHEN v.until_ms >= :until_ms THEN 'still failing' ELSE 'until ' || v.until END AS fate, v.annotation,
       (SELECT i.actor FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= coalesce(v.ordering_ms, v.since_ms) ORDER BY i.captured_ms DESC LIMIT 1) AS actor,
       count(*) OVER () AS total
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.result = 'NON_COMPLIANT' AND v.since_ms >= :since_ms AND v.since_ms < :until_ms AND r.account = coalesce(:account, r.account)
 ORDER BY v.until_ms < :until_ms, v.since_ms DESC, v.rule, r.type, r.id LIMIT 40;

-- name: report_mended
-- plan: scan
SELECT v.rule, r.type AS resource_type, coalesce(nullif(r.name, ''), (SELECT g.value FROM _tag g WHERE g.rid = r.rid AND g.key = 'Name' ORDER BY g.until_ms DESC LIMIT 1), r.id) AS resource, r.account || ' ' || r.region AS place, v.since, v.until,
       round((v.until_ms - v.since_ms) / 86400000.0, 1) AS days, CASE WHEN r.deleted THEN 'deleted' ELSE
       (SELECT i.actor FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.until_ms ORDER BY i.captured_ms DESC LIMIT 1) END AS actor, count(*) OVER () AS total
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.result = 'NON_COMPLIANT' AND v.until_ms >= :since_ms AND v.until_ms < :until_ms AND r.account = coalesce(:account, r.account)
 ORDER BY v.until_ms DESC, v.rule, r.type, r.id LIMIT 40;

-- name: report_failing
-- plan: scan
SELECT v.rule, count(*) AS failing, sum(v.since_ms >= :since_ms) AS new, min(v.since) AS oldest, count(*) OVER () AS total
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.result = 'NON_COMPLIANT' AND v.since_ms < :until_ms AND v.until_ms >= :until_ms AND r.account = coalesce(:account, r.account)
 GROUP BY v.rule ORDER BY 2 DESC, v.rule LIMIT 40;

-- name: report_doors
-- plan: scan
-- What was opened to everybody.
SELECT i.at, coalesce(nullif(r.name, ''), (SELECT g.value FROM _tag g WHERE g.rid = r.rid AND g.key = 'Name' ORDER BY g.until_ms DESC LIMIT 1), r.id) AS resource, r.account || ' ' || r.region AS place, json_extract(c.value, '$.path') AS property,
       json_extract(c.value, '$.after') AS after, i.actor, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid JOIN _diff d ON d.item_id = i.item_id, json_each(d.changes) c
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type = 'AWS::EC2::SecurityGroup' AND json_extract(c.value, '$.op') <> 'remove'
   AND json_extract(c.value, '$.path') LIKE 'configuration.ipPermissions%' AND json_extract(c.value, '$.path') NOT LIKE 'configuration.ipPermissionsEgress%'
   AND (json_extract(c.value, '$.after') LIKE '%"0.0.0.0/0"%' OR json_extract(c.value, '$.after') LIKE '%"::/0"%') AND r.account = coalesce(:account, r.account)
 ORDER BY i.captured_ms DESC, r.id, 5 LIMIT 25;

-- name: report_access
-- plan: scan
-- Who may do what.
SELECT i.at, r.type AS resource_type, coalesce(nullif(r.name, ''), (SELECT g.value FROM _tag g WHERE g.rid = r.rid AND g.key = 'Name' ORDER BY g.until_ms DESC LIMIT 1), r.id) AS resource, r.account AS place, i.event,
       (SELECT group_concat(json_extract(c.value, '$.path'), ', ') FROM _diff d JOIN json_each(d.changes) c WHERE d.item_id = i.item_id) AS properties, i.actor, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND r.type LIKE 'AWS::IAM::%' AND r.account = coalesce(:account, r.account)
 ORDER BY i.captured_ms DESC, r.type, r.id LIMIT 25;

-- name: report_most
-- plan: scan
SELECT r.type AS resource_type, coalesce(nullif(r.name, ''), (SELECT g.value FROM _tag g WHERE g.rid = r.rid AND g.key = 'Name' ORDER BY g.until_ms DESC LIMIT 1), r.id) AS resource, r.account || ' ' || r.region AS place, count(*) AS versions, max(i.at) AS last, count(*) OVER () AS total
  FROM _item i JOIN _resource r ON r.rid = i.rid
 WHERE i.captured_ms >= :since_ms AND i.captured_ms < :until_ms AND i.event = 'changed' AND r.type <> 'AWS::Config::ResourceCompliance' AND r.account = coalesce(:account, r.account)
 GROUP BY i.rid ORDER BY 5 DESC, r.type, r.id LIMIT 15;

-- name: report_gaps
-- plan: scan
SELECT g.account || ' ' || g.region AS place, g.since, CASE WHEN g.until > '9999' THEN 'still' ELSE g.until END AS until, round(g.seconds / 3600.0, 1) AS hours, g.failed, g.reason, count(*) OVER () AS total
  FROM gaps g WHERE g.since < strftime('%Y-%m-%d %H:%M:%S', :until_ms / 1000, 'unixepoch') AND g.until > strftime('%Y-%m-%d %H:%M:%S', :since_ms / 1000, 'unixepoch')
   AND g.account = coalesce(:account, g.account) ORDER BY g.since DESC, g.account, g.region LIMIT 40;

-- name: report_deliveries
-- plan: scan
SELECT d.channel, d.kind, sum(d.done_ms >= :since_ms AND d.done_ms < :until_ms AND d.items > 0) AS files, sum(CASE WHEN d.done_ms >= :since_ms AND d.done_ms < :until_ms THEN d.items END) AS items,
       sum(CASE WHEN d.done_ms >= :since_ms AND d.done_ms < :until_ms THEN d.bytes END) AS bytes, sum(d.done_ms IS NULL AND d.error IS NOT NULL) AS failed,
       max(CASE WHEN d.done_ms IS NULL THEN d.error END) AS error, count(*) OVER () AS total
  FROM _delivery d WHERE d.done_ms IS NULL OR d.done_ms >= :since_ms GROUP BY d.channel, d.kind ORDER BY d.channel, d.kind LIMIT 40;
