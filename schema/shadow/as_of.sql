-- Per connection: temporary views that shadow the public ones, so that every query answers for the
-- moment in temp.clock. {MS} is put in by the program. What ended later had not ended then.
CREATE TEMP TABLE clock (ms INTEGER NOT NULL, t INTEGER NOT NULL, at TEXT NOT NULL);
INSERT INTO clock VALUES ({MS}, {MS} / 1000, strftime('%Y-%m-%d %H:%M:%S', {MS} / 1000, 'unixepoch'));
-- Called as it was called then; subqueries and CROSS, for a planner without statistics would walk all items first.
CREATE TEMP VIEW resources AS
  SELECT a.rid, a.resource_type, a.resource_id,
         (SELECT CASE WHEN i.name IS NULL THEN a.name ELSE nullif(i.name, '') END FROM main._item i WHERE i.rid = a.rid AND i.version = a.version) AS name,
         a.account, a.region, a.az, a.version, a.at, CAST(strftime('%s', a.at) AS INTEGER) AS t, a.actor,
         (SELECT CASE WHEN i.arn IS NULL THEN a.arn ELSE nullif(i.arn, '') END FROM main._item i WHERE i.rid = a.rid AND i.version = a.version) AS arn
    FROM main.resources_at a WHERE a.t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW relationships AS
  SELECT rid, resource_type, resource_id, name, relation, target_type, target_id, target_rid, since
    FROM main.relationships_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW relationship_history AS
  SELECT rid, resource_type, resource_id, name, relation, target_type, target_id, target_rid, since,
         CASE WHEN until > (SELECT at FROM temp.clock) THEN '9999-12-31 23:59:59' ELSE until END AS until
    FROM main.relationship_history WHERE since <= (SELECT at FROM temp.clock);
CREATE TEMP VIEW tags AS
  SELECT rid, resource_type, resource_id, name, key, value, since
    FROM main.tags_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW compliance AS
  SELECT rid, resource_type, resource_id, name, account, region, rule, result, since, annotation, version, actor
    FROM main.compliance_at WHERE t = (SELECT ms FROM temp.clock);
CREATE TEMP VIEW compliance_history AS
  SELECT rid, resource_type, resource_id, name, account, region, rule, result, since,
         CASE WHEN until > (SELECT at FROM temp.clock) THEN '9999-12-31 23:59:59' ELSE until END AS until, t, annotation, version, actor
    FROM main.compliance_history WHERE t <= (SELECT t FROM temp.clock);
CREATE TEMP VIEW history AS
  SELECT rid, resource_type, resource_id, name, account, region, version, event, n_changes, at,
         CASE WHEN until > (SELECT at FROM temp.clock) THEN '9999-12-31 23:59:59' ELSE until END AS until, t, actor, status, arn
    FROM main.history WHERE t <= (SELECT t FROM temp.clock);
CREATE TEMP VIEW changes AS SELECT * FROM main.changes WHERE t <= (SELECT t FROM temp.clock);
CREATE TEMP VIEW timeline AS SELECT * FROM main.timeline WHERE t <= (SELECT t FROM temp.clock);
CREATE TEMP VIEW blame AS
  SELECT r.rid, r.resource_type, r.resource_id, r.name, r.account, r.region, b.property, b.value, b.version, b.at, b.t, b.actor
    FROM resources r CROSS JOIN main._item i ON i.rid = r.rid AND i.version = r.version CROSS JOIN main._blame b ON b.of_item = i.item_id;
-- The day of the moment counts as far as it had come.
CREATE TEMP VIEW activity AS
  SELECT day, t, resource_type, event, n FROM main.activity WHERE day < (SELECT date(at) FROM temp.clock)
  UNION ALL
  SELECT date(h.at), CAST(strftime('%s', date(h.at)) AS INTEGER), h.resource_type, h.event, count(*)
    FROM main.history h
   WHERE h.at >= (SELECT date(at) FROM temp.clock) AND h.at <= (SELECT at FROM temp.clock)
   GROUP BY date(h.at), h.resource_type, h.event;
CREATE TEMP VIEW _finding AS
  SELECT v.account, v.region, v.rule, v.rid, v.result, v.annotation, v.ordering_ms, v.recorded_ms, v.invoked_ms
    FROM main._verdict v
   WHERE v.since_ms <= (SELECT ms FROM temp.clock) AND v.until_ms > (SELECT ms FROM temp.clock) AND v.account IS NOT NULL AND v.result <> 'INSUFFICIENT_DATA';
-- Those that are there now, and were then.
CREATE TEMP VIEW rules AS
  SELECT c.name AS rule,
         c.account, c.region,
         c.owner,
         c.identifier AS source,
         c.description,
         c.scope,
         c.parameters,
         c.frequency,
         c.state,
         CASE WHEN n.non_compliant > 0 THEN 'NON_COMPLIANT' WHEN n.compliant > 0 THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
         coalesce(n.compliant, 0) AS compliant,
         coalesce(n.non_compliant, 0) AS non_compliant,
         strftime('%Y-%m-%d %H:%M:%S', c.changed_ms/1000, 'unixepoch') AS at,
         c.changed_ms/1000 AS t,
         c.arn,
         coalesce(n.insufficient, 0) AS insufficient,
         CASE WHEN c.owner = 'AWS' THEN CASE WHEN m.flags LIKE '%c%' THEN CASE WHEN m.flags LIKE '%p%' THEN 'change, periodic' ELSE 'change' END ELSE 'periodic' END
              ELSE (SELECT group_concat(k.kind, ', ') FROM (SELECT DISTINCT CASE WHEN json_extract(d.value, '$.MessageType') LIKE '%ChangeNotification' THEN 'change' ELSE 'periodic' END AS kind
                                                              FROM json_each(c.details) d ORDER BY 1) k) END AS runs_on,
         strftime('%Y-%m-%d %H:%M:%S', s.evaluated_ms/1000, 'unixepoch') AS evaluated,
         s.error
    FROM main._config_rule c
    LEFT JOIN (SELECT f.account AS account, f.region AS region, f.rule AS rule,
                      sum(f.result = 'COMPLIANT') AS compliant, sum(f.result = 'NON_COMPLIANT') AS non_compliant,
                      sum(f.result = 'INSUFFICIENT_DATA') AS insufficient
                 FROM _finding f GROUP BY f.account, f.region, f.rule) n
      ON n.account = c.account AND n.region = c.region AND n.rule = c.name
    LEFT JOIN main._rule_status s ON s.rule_id = c.rule_id
    LEFT JOIN main._managed_rule m ON m.identifier = c.identifier
   WHERE c.created_ms <= (SELECT ms FROM temp.clock);
