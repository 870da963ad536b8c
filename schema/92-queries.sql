-- The questions people ask first. Each runs as it stands; where it is about one resource it takes one, and says
-- in a comment what to put there. They use nothing but the public views and what SQLite 3.37 has.
CREATE VIEW queries AS
  -- SELECT title, sql FROM queries; your own are kept in it, too, and one of the same name stands for ours.
SELECT q.name,                   -- what it is called
       q.title,                  -- the question in words
       q.sql,                    -- the query, which runs as it stands
       q.chart                   -- how it is best drawn: table | bar | line | number
  FROM _query q
UNION ALL
SELECT CAST(o.column1 AS TEXT), CAST(o.column2 AS TEXT), CAST(o.column4 AS TEXT), CAST(o.column3 AS TEXT) FROM (VALUES
  ('changed-yesterday', 'What changed yesterday', 'table',
'SELECT at, resource_type, resource_id, property, before, after, actor FROM changes
 WHERE at >= date(''now'', ''-1 day'') AND at < date(''now'') ORDER BY at'),
  ('attached-last-friday', 'What was attached to a security group last Friday at 14:00', 'table',
'SELECT resource_type, resource_id, name, relation FROM relationships_at
 WHERE t = strftime(''%s'', ''now'', ''-7 days'', ''weekday 5'', ''start of day'', ''+14 hours'') + 0
   AND target_id = (SELECT resource_id FROM resources WHERE resource_type = ''AWS::EC2::SecurityGroup'' LIMIT 1)  -- or ''sg-0123'''),
  ('life-of-a-resource', 'Everything that happened to a resource', 'table',
'SELECT at, event, version, actor, summary FROM timeline
 WHERE rid = (SELECT rid FROM history ORDER BY t DESC LIMIT 1)  -- or resource_id = ''i-0123''
 ORDER BY at'),
  ('compare-versions', 'Two versions of a resource compared', 'table',
'SELECT property, op, before, after FROM diff
 WHERE rid = (SELECT rid FROM history WHERE version > 1 ORDER BY t DESC LIMIT 1)  -- or resource_id = ''i-0123''
   AND v1 = 1 AND v2 = 2'),
  ('existed-then', 'What existed a week ago, by type', 'bar',
'SELECT resource_type, count(*) AS n FROM resources_at
 WHERE t = strftime(''%s'', ''now'', ''-7 days'') + 0 GROUP BY resource_type ORDER BY n DESC'),
  ('compliance-then', 'Compliance a month ago', 'table',
'SELECT rule, result, count(*) AS n FROM compliance_at
 WHERE t = strftime(''%s'', ''now'', ''-30 days'') + 0 GROUP BY rule, result'),
  ('most-changed', 'What changes most, 30 days', 'bar',
'SELECT resource_id, resource_type, count(*) AS n FROM history
 WHERE at > datetime(''now'', ''-30 days'') GROUP BY rid ORDER BY n DESC, rid LIMIT 10'),
  ('without-owner', 'Resources without a tag Owner', 'table',
'SELECT resource_type, resource_id, name FROM resources
 WHERE rid NOT IN (SELECT rid FROM tags WHERE key = ''Owner'')'),
  ('orphaned-volumes', 'Volumes that are attached to nothing', 'table',
'SELECT resource_id, json_extract(configuration, ''$.size'') AS gib FROM resources NATURAL JOIN configs
 WHERE resource_type = ''AWS::EC2::Volume''
   AND rid NOT IN (SELECT rid FROM relationships WHERE relation = ''Is attached to Instance'')'),
  ('public-instances', 'Instances in subnets that are routed to the internet', 'table',
'SELECT i.resource_id, i.name FROM resources i
 WHERE i.rid IN (SELECT s.rid FROM relationships gw
   JOIN relationships net ON net.rid = gw.rid AND net.relation = ''Contains Subnet''
   JOIN relationships s ON s.target_rid = net.target_rid AND s.relation = ''Is contained in Subnet''
  WHERE gw.relation = ''Contains InternetGateway'' AND s.resource_type = ''AWS::EC2::Instance'')'),
  ('blast-radius', 'Everything that hangs on a VPC, by type', 'bar',
'WITH RECURSIVE hit(rid, depth) AS (
  SELECT rid, 0 FROM resources WHERE rid = (SELECT rid FROM resources WHERE resource_type = ''AWS::EC2::VPC'' LIMIT 1)  -- or resource_id = ''vpc-0123''
  UNION SELECT l.rid, depth + 1 FROM hit JOIN relationships l ON l.target_rid = hit.rid WHERE depth < 4)
SELECT resource_type, count(DISTINCT rid) AS n FROM hit JOIN resources USING (rid) GROUP BY resource_type'),
  ('around-a-moment', 'What changed within five minutes of the last deletion', 'table',
'WITH it(at) AS (SELECT at FROM history WHERE event = ''deleted'' ORDER BY t DESC LIMIT 1)  -- or SELECT ''2026-11-20 14:00''
SELECT at, resource_type, resource_id, event, actor FROM history
 WHERE at BETWEEN (SELECT datetime(at, ''-5 minutes'') FROM it) AND (SELECT datetime(at, ''+5 minutes'') FROM it) ORDER BY at'),
  ('open-to-the-world', 'Security groups that were open to the world on port 22 two days ago', 'table',
'SELECT DISTINCT resource_id, name FROM resources_at NATURAL JOIN configs JOIN json_each(configuration, ''$.ipPermissions'') p
 WHERE t = strftime(''%s'', ''now'', ''-2 days'') + 0 AND resource_type = ''AWS::EC2::SecurityGroup''
   AND coalesce(json_extract(p.value, ''$.fromPort''), 0) <= 22 AND coalesce(json_extract(p.value, ''$.toPort''), 65535) >= 22
   AND EXISTS (SELECT 1 FROM json_each(p.value, ''$.ipv4Ranges'') c WHERE json_extract(c.value, ''$.cidrIp'') = ''0.0.0.0/0'')'),
  ('time-to-fix', 'How long rules stay broken', 'bar',
'SELECT rule, count(*) AS n, round(avg(julianday(until) - julianday(since)), 1) AS days FROM compliance_history
 WHERE result = ''NON_COMPLIANT'' AND until < ''9999'' GROUP BY rule'),
  ('broken-this-week', 'Which rules broke this week, where, and by whom', 'table',
'SELECT since, rule, resource_type, resource_id, annotation, actor, CASE WHEN until < ''9999'' THEN until END AS fixed FROM compliance_history
 WHERE result = ''NON_COMPLIANT'' AND since > datetime(''now'', ''-7 days'') ORDER BY since DESC'),
  ('failing-longest', 'What has not been compliant for longest', 'table',
'SELECT rule, resource_type, resource_id, annotation, since, CAST(julianday(''now'') - julianday(since) AS INTEGER) AS days, actor FROM compliance
 WHERE result = ''NON_COMPLIANT'' ORDER BY since, rid, rule LIMIT 50'),
  ('drift-of-a-week', 'What is different from a week ago, by type', 'table',
'SELECT op, resource_type, count(*) AS n FROM drift
 WHERE t1 = strftime(''%s'', ''now'', ''-7 days'') + 0 AND t2 = strftime(''%s'', ''now'') + 0 GROUP BY op, resource_type'),
  ('blame', 'Which version set each property last', 'table',
'SELECT property, value, version, at, actor FROM blame
 WHERE rid = (SELECT rid FROM resources ORDER BY rid LIMIT 1)  -- or resource_id = ''i-0123'''),
  ('who-touched-prod', 'Who changed what is tagged Env = prod, last week', 'bar',
'SELECT actor, count(*) AS n FROM changes JOIN tags USING (rid)
 WHERE tags.key = ''Env'' AND tags.value = ''prod'' AND at > datetime(''now'', ''-7 days'') GROUP BY actor ORDER BY n DESC'),
  ('deleted-this-week', 'What was deleted this week, with its last configuration', 'table',
'SELECT h.at, h.resource_type, h.resource_id, c.configuration FROM history h
  JOIN configs c ON c.rid = h.rid AND c.version = h.version - 1
 WHERE h.event = ''deleted'' AND h.at > datetime(''now'', ''-7 days'') ORDER BY h.at')
) o WHERE o.column1 NOT IN (SELECT name FROM _query);
