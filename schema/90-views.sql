-- ============================================================================================
--  PUBLIC VIEWS: names, columns, their order and declared types are a promise.
--
--  Every column name means the same everywhere: rid (join key), resource_type, resource_id, name,
--  account, region, version (1, 2, 3 ... per resource), at (text, UTC), t (epoch seconds),
--  since/until (half open; until = '9999-12-31 23:59:59' means still), actor.
--  Only what SQLite 3.37 has is used here, so that the stock shell of any current system can read it.
-- ============================================================================================

CREATE VIEW resources AS
  -- What exists now: one row per live resource. JSON is kept out of the way:
  -- add NATURAL JOIN configs when you need it.
SELECT r.rid,                    -- join key shared by every view
       r.type AS resource_type,  -- 'AWS::EC2::Instance'
       r.id   AS resource_id,    -- 'i-0abc'
       r.name,                   -- the resource's own name, where it has one
       r.account, r.region,
       i.az,                     -- availability zone
       i.version,                -- newest version number (1 = first seen)
       i.at,                     -- when that version was captured, 'YYYY-MM-DD HH:MM:SS' UTC
       i.t,                      -- the same as epoch seconds
       i.actor,                  -- who, where an event tells
       r.arn
  FROM _resource r JOIN _item i ON i.item_id = r.last_item
 WHERE r.deleted = 0;

CREATE VIEW resources_at AS
  -- What existed at a moment. The moment is a plain equality, and it is a number:
  --   SELECT * FROM resources_at WHERE t = strftime('%s', '2026-11-20 14:00') + 0;
  -- A second means its end, so that all that is shown with that time counts; a millisecond is exact.
SELECT j.json AS t,              -- REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows
       r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.az, i.version,
       i.at,                     -- when the version then in force was captured
       i.until,                  -- when it was superseded
       i.actor, r.arn
  FROM json_each AS j
  CROSS JOIN _resource r        -- in this order: else planners begin with every item there is, and look into all of them for each
  CROSS JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x
                                WHERE x.rid = r.rid
                                  AND x.captured_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
                                ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
 WHERE unlikely(r.deleted >= 0) -- always true, but what makes them begin here when configs are joined
   AND i.document_id IS NOT NULL;

CREATE VIEW history AS
  -- Every version of every resource: one row per configuration item.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.version,
       i.event,                  -- created | changed | deleted | not recorded
       i.n_changes,              -- how many properties changed
       i.at,                     -- in force from (inclusive)
       i.until,                  -- in force until (exclusive)
       i.t, i.actor, i.status, r.arn
  FROM _item i JOIN _resource r ON r.rid = i.rid;

CREATE VIEW configs AS
  -- The JSON of every version. Use it with NATURAL JOIN:
  --   SELECT resource_id, json_extract(configuration, '$.instanceType') FROM resources NATURAL JOIN configs
  --    WHERE resource_type = 'AWS::EC2::Instance';
  -- Works the same with resources_at and history.
SELECT i.rid, i.version,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.configuration') AS configuration,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.supplementaryConfiguration') AS supplementary,
       json_extract(CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END, '$.tags') AS tags_json
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base;

CREATE VIEW changes AS
  -- One row per property that changed. "What changed yesterday":
  --   SELECT at, resource_id, property, before, after FROM changes
  --    WHERE at BETWEEN date('now', '-1 day') AND date('now');
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.version,                -- the version that brought the change
       i.at, i.t,
       json_extract(c.value, '$.op') AS op,           -- add | change | remove
       json_extract(c.value, '$.path') AS property,   -- 'configuration.instanceType'
       json_extract(c.value, '$.before') AS before,   -- text, number, or JSON text of an object or list
       json_extract(c.value, '$.after') AS after,
       i.actor
  FROM _item i JOIN _resource r ON r.rid = i.rid JOIN _diff d ON d.item_id = i.item_id, json_each(d.changes) c;

CREATE VIEW relationships AS
  -- Links that hold now, stored once per direction the provider reports.
SELECT e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since
  FROM _edge e JOIN _resource r ON r.rid = e.rid
 WHERE e.until_ms = 253402300799000;

CREATE VIEW relationships_at AS
  -- Links that held at a moment: WHERE t = strftime('%s', '2026-11-20 14:00') + 0 AND target_id = 'sg-1'
SELECT j.json AS t, e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since, e.until
  FROM json_each AS j JOIN _edge e JOIN _resource r ON r.rid = e.rid
 WHERE e.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND e.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END;

CREATE VIEW relationship_history AS
  -- Every link with the interval [since, until) in which it held.
SELECT e.rid, r.type AS resource_type, r.id AS resource_id, r.name AS name, e.name AS relation,
       e.target_type, e.target_id, e.target_rid, e.since, e.until
  FROM _edge e JOIN _resource r ON r.rid = e.rid;

CREATE VIEW tags AS
  -- Tags that hold now: one row per key.
SELECT g.rid, r.type AS resource_type, r.id AS resource_id, r.name, g.key, g.value, g.since
  FROM _tag g JOIN _resource r ON r.rid = g.rid
 WHERE g.until_ms = 253402300799000;

CREATE VIEW tags_at AS
  -- Tags that held at a moment: WHERE t = ...
SELECT j.json AS t, g.rid, r.type AS resource_type, r.id AS resource_id, r.name, g.key, g.value, g.since, g.until
  FROM json_each AS j JOIN _tag g JOIN _resource r ON r.rid = g.rid
 WHERE g.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND g.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END;

CREATE VIEW compliance AS
  -- What every rule finds on every resource now, and who made the version that it began with:
  --   SELECT resource_id, annotation, since, actor FROM compliance WHERE rule = 'restricted-ssh' AND result = 'NON_COMPLIANT';
SELECT v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       v.rule,                   -- the rule's name
       v.result,                 -- COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA
       v.since,                  -- it has been so since
       v.annotation,             -- why, where the rule says
       (SELECT i.version FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS version,  -- the version that was in force when that began
       (SELECT i.actor FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS actor   -- who made it, where an event tells
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.until_ms = 253402300799000;

CREATE VIEW compliance_at AS
  -- What every rule found at a moment: WHERE t = ...
SELECT j.json AS t,              -- REQUIRED filter: epoch seconds, epoch ms or julianday(); without it: no rows
       v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, v.rule, v.result,
       v.since, v.until, v.annotation,
       (SELECT i.version FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS version,
       (SELECT i.actor FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS actor
  FROM json_each AS j JOIN _verdict v JOIN _resource r ON r.rid = v.rid
 WHERE v.since_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
   AND v.until_ms >= CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END;

CREATE VIEW compliance_history AS
  -- Every verdict with the interval [since, until) in which it held. Time to fix, for instance:
  --   SELECT rule, avg(julianday(until) - julianday(since)) FROM compliance_history
  --    WHERE result = 'NON_COMPLIANT' AND until < '9999' GROUP BY rule;
SELECT v.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region, v.rule, v.result,
       v.since, v.until,
       v.t,                      -- since, as epoch seconds
       v.annotation,
       (SELECT i.version FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS version,
       (SELECT i.actor FROM _item i WHERE i.rid = v.rid AND i.captured_ms <= v.since_ms ORDER BY i.captured_ms DESC, i.version DESC LIMIT 1) AS actor
  FROM _verdict v JOIN _resource r ON r.rid = v.rid;

CREATE VIEW rules AS
  -- The rules of AWS Config, and what each finds as a whole:
  --   SELECT rule, result, non_compliant FROM rules WHERE result = 'NON_COMPLIANT' ORDER BY 3 DESC;
SELECT c.name AS rule,           -- as in compliance
       c.account, c.region,
       c.owner,                  -- AWS | CUSTOM_LAMBDA | CUSTOM_POLICY
       c.identifier AS source,   -- 'S3_BUCKET_VERSIONING_ENABLED'; the function that judges
       c.description,            -- what it is for
       c.scope,                  -- JSON: the types, the resource or the tag it looks at; NULL: everything
       c.parameters,             -- JSON object
       c.frequency,              -- how often it runs by itself
       c.state,                  -- ACTIVE | EVALUATING | DELETING | DELETING_RESULTS
       CASE WHEN n.non_compliant > 0 THEN 'NON_COMPLIANT' WHEN n.compliant > 0 THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       coalesce(n.compliant, 0) AS compliant,          -- so many resources are
       coalesce(n.non_compliant, 0) AS non_compliant,  -- so many are not
       strftime('%Y-%m-%d %H:%M:%S', c.changed_ms/1000, 'unixepoch') AS at,  -- when the rule was made or last changed
       c.changed_ms/1000 AS t,
       c.arn,
       coalesce(n.insufficient, 0) AS insufficient,  -- of so many it cannot tell
       CASE WHEN c.owner = 'AWS' THEN CASE WHEN m.flags LIKE '%c%' THEN CASE WHEN m.flags LIKE '%p%' THEN 'change, periodic' ELSE 'change' END ELSE 'periodic' END
            ELSE (SELECT group_concat(k.kind, ', ') FROM (SELECT DISTINCT CASE WHEN json_extract(d.value, '$.MessageType') LIKE '%ChangeNotification' THEN 'change' ELSE 'periodic' END AS kind
                                                            FROM json_each(c.details) d ORDER BY 1) k) END AS runs_on,  -- change | periodic | change, periodic
       strftime('%Y-%m-%d %H:%M:%S', s.evaluated_ms/1000, 'unixepoch') AS evaluated,  -- when it last judged
       s.error  -- why it could not, the last time, where it could not
  FROM _config_rule c
  LEFT JOIN (SELECT f.account AS account, f.region AS region, f.rule AS rule,
                    sum(f.result = 'COMPLIANT') AS compliant, sum(f.result = 'NON_COMPLIANT') AS non_compliant,
                    sum(f.result = 'INSUFFICIENT_DATA') AS insufficient
               FROM _finding f GROUP BY f.account, f.region, f.rule) n
    ON n.account = c.account AND n.region = c.region AND n.rule = c.name
  LEFT JOIN _rule_status s ON s.rule_id = c.rule_id
  LEFT JOIN _managed_rule m ON m.identifier = c.identifier;

CREATE VIEW timeline AS
  -- Everything that happened to a resource, in words:
  --   SELECT at, event, summary FROM timeline WHERE resource_id = 'i-123' ORDER BY at;
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.at, i.t,
       i.event,                  -- created | changed | deleted | compliance | link
       i.version,                -- of created, changed and deleted
       i.actor,
       coalesce((SELECT group_concat(replace(json_extract(c.value, '$.path'), 'configuration.', '') ||
                   CASE json_extract(c.value, '$.op') WHEN 'add' THEN ' + ' || json_extract(c.value, '$.after')
                     WHEN 'remove' THEN ' - ' || json_extract(c.value, '$.before')
                     ELSE ' ' || json_extract(c.value, '$.before') || ' -> ' || json_extract(c.value, '$.after') END, '; ')
                   FROM _diff d JOIN json_each(d.changes) c WHERE d.item_id = i.item_id),
                i.status) AS summary  -- what changed; the rule and its result; the link that came (+) or went (-)
  FROM _item i JOIN _resource r ON r.rid = i.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, v.since, v.t, 'compliance', NULL, NULL,
       v.rule || ': ' || v.result || coalesce(' (' || v.annotation || ')', '')
  FROM _verdict v JOIN _resource r ON r.rid = v.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, e.since, e.since_ms/1000, 'link', NULL, NULL,
       '+ ' || rtrim(e.name) || ' ' || e.target_id
  FROM _edge e JOIN _resource r ON r.rid = e.rid
UNION ALL
SELECT r.rid, r.type, r.id, r.name, r.account, r.region, e.until, e.until_ms/1000, 'link', NULL, NULL,
       '- ' || rtrim(e.name) || ' ' || e.target_id
  FROM _edge e JOIN _resource r ON r.rid = e.rid WHERE e.until_ms < 253402300799000;

CREATE VIEW diff AS
  -- Any two versions of a resource compared:
  --   SELECT property, op, before, after FROM diff WHERE resource_id = 'i-123' AND v1 = 3 AND v2 = 7;
  -- Elements of lists are matched by their place; "changes" and siltstone diff match them by what names them.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id,
       a.version AS v1,          -- REQUIRED filter: the version before
       b.version AS v2,          -- REQUIRED filter: the version after
       json_extract(x.value, '$[0]') AS property,
       CASE WHEN json_extract(x.value, '$[1]') = 0 THEN 'add' WHEN json_extract(x.value, '$[2]') = 0 THEN 'remove' ELSE 'change' END AS op,
       json_extract(x.value, '$[3]') AS before,
       json_extract(x.value, '$[4]') AS after
  FROM _resource r JOIN _item a ON a.rid = r.rid JOIN _item b ON b.rid = r.rid
  -- One list of what differs, made by one pass over both documents. A view over their leaves would have to be
  -- aggregated, and no filter that is a join or a subquery would find its way in.
  JOIN json_each((SELECT json_group_array(json_array(differing.property, differing.befores, differing.afters,
        iif(differing.before IN (9e999, -9e999), differing.before || '', differing.before), iif(differing.after IN (9e999, -9e999), differing.after || '', differing.after)))  -- JSON has no infinity
      FROM (SELECT leaf.property AS property, sum(leaf.side = 0) AS befores, sum(leaf.side = 1) AS afters,
                   max(CASE leaf.side WHEN 0 THEN leaf.value END) AS before, max(CASE leaf.side WHEN 1 THEN leaf.value END) AS after
              FROM (SELECT which.side AS side, k.type AS kind, substr(replace(k.fullkey, '"', ''), 3) AS property, coalesce(k.atom, k.value) AS value
                      FROM (SELECT 0 AS side UNION ALL SELECT 1) which
                      JOIN json_tree(CASE which.side WHEN 0 THEN (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = a.document_id) ELSE (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = b.document_id) END) k
                     WHERE (k.type NOT IN ('object', 'array') OR k.value IN ('{}', '[]') AND k.path <> '$') AND k.fullkey NOT LIKE '$.relationships%'
                    UNION ALL
                    SELECT which.side, 'object',
                           'relationships[' || rtrim(json_extract(k.value, '$.name')) || ' ' || coalesce(json_extract(k.value, '$.resourceId'), json_extract(k.value, '$.resourceName')) || ']',
                           k.value
                      FROM (SELECT 0 AS side UNION ALL SELECT 1) which
                      JOIN json_each(CASE which.side WHEN 0 THEN (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = a.document_id) ELSE (SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = b.document_id) END, '$.relationships') k) leaf
             GROUP BY leaf.property
            HAVING sum(leaf.side = 0) <> sum(leaf.side = 1)
                OR max(CASE leaf.side WHEN 0 THEN leaf.value END) IS NOT max(CASE leaf.side WHEN 1 THEN leaf.value END)
                OR max(CASE leaf.side WHEN 0 THEN leaf.kind END) IS NOT max(CASE leaf.side WHEN 1 THEN leaf.kind END)) differing)) x;

CREATE VIEW blame AS
  -- Which version set each property of a live resource last, when, and by whom:
  --   SELECT property, value, at, actor FROM blame WHERE resource_id = 'i-123';
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       b.property,               -- 'configuration.instanceType'; a list is one property
       b.value,                  -- as it is now
       b.version, b.at, b.t, b.actor
  FROM _resource r JOIN _blame b ON b.of_item = r.last_item
 WHERE r.deleted = 0;

CREATE VIEW drift AS
  -- What is different between two moments, for the whole estate:
  --   SELECT * FROM drift WHERE t1 = strftime('%s', '2026-11-01') + 0 AND t2 = strftime('%s', '2026-11-08') + 0;
SELECT j1.json AS t1,            -- REQUIRED filter: as t of resources_at
       j2.json AS t2,            -- REQUIRED filter
       r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       CASE WHEN a.document_id IS NULL THEN 'created' WHEN b.document_id IS NULL THEN 'deleted' ELSE 'changed' END AS op,  -- created | deleted | changed
       a.version AS v1, b.version AS v2   -- for the view diff
  FROM json_each AS j1 JOIN json_each AS j2 JOIN _resource r
  JOIN _item b ON b.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid
        AND x.captured_ms < CASE WHEN j2.value < 1e7 THEN (j2.value-2440587.5)*86400000+1000 WHEN j2.value > 1e11 THEN j2.value+1 ELSE j2.value*1000+1000 END
      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
  LEFT JOIN _item a ON a.item_id = (SELECT x.item_id FROM _item x WHERE x.rid = r.rid
        AND x.captured_ms < CASE WHEN j1.value < 1e7 THEN (j1.value-2440587.5)*86400000+1000 WHEN j1.value > 1e11 THEN j1.value+1 ELSE j1.value*1000+1000 END
      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1)
 WHERE a.item_id IS NOT b.item_id
   AND (a.document_id IS NOT NULL OR b.document_id IS NOT NULL);

CREATE VIEW activity AS
  -- Versions per day, type and event: what charts are drawn from.
SELECT a.day,                    -- 'YYYY-MM-DD'
       a.t,                      -- when the day began, epoch seconds
       a.type AS resource_type,
       a.event,                  -- created | changed | deleted | not recorded
       a.n                       -- so many
  FROM _activity a;

CREATE VIEW causes AS
  -- What made a version, where a change event told of it: who called what, from where. NATURAL JOIN it to history.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.account, r.region, i.version,
       i.at, i.t,                -- when the version came into force
       c.actor,                  -- ARN of who called, or the service that did
       c.event_source,           -- 'ec2.amazonaws.com'
       c.event_name,             -- 'RunInstances'
       c.at AS called,           -- when, by the event
       c.source_ip,              -- where the call came from
       c.user_agent,             -- what it was made with
       c.event_id                -- CloudTrail's
  FROM _item i JOIN _cause c ON c.cause_id = i.cause_id JOIN _resource r ON r.rid = i.rid;

CREATE VIEW coverage AS
  -- How looking went: for each place and type, from when to when looks were complete, partial or blind,
  -- and why. WHERE until > '9999' is how it is now; absence of a resource means something only where
  -- looks are complete. A type '*' is a sweep that came to no look at all.
SELECT k.account, k.region,
       k.type AS resource_type,
       s.name AS source,
       CASE k.outcome WHEN 'failed' THEN 'blind' ELSE k.outcome END AS state,  -- complete | partial | blind | unsupported
       strftime('%Y-%m-%d %H:%M:%S', k.since_ms/1000, 'unixepoch') AS since,
       -- What stands for all types ends with the first look there that saw something.
       coalesce(strftime('%Y-%m-%d %H:%M:%S', CASE WHEN k.type = '*' THEN
                  (SELECT min(w.sweep_ms) FROM _coverage w WHERE w.sweep_ms > k.last_ms AND w.source_id IS k.source_id
                      AND w.outcome IN ('complete', 'partial') AND k.account IN ('', w.account) AND k.region IN ('', w.region))
                  ELSE lead(k.since_ms) OVER (PARTITION BY k.type, k.account, k.region, k.source_id ORDER BY k.since_ms) END/1000, 'unixepoch'),
                '9999-12-31 23:59:59') AS until,
       k.looks,                  -- how many looks there were
       strftime('%Y-%m-%d %H:%M:%S', k.last_ms/1000, 'unixepoch') AS last_look,
       k.seen,                   -- resources in the last of them
       k.reason,                 -- why the last of them was not complete
       k.code,                   -- the service's own word for it
       CASE WHEN k.outcome = 'failed' THEN
         (SELECT strftime('%Y-%m-%d %H:%M:%S', f.again_ms/1000, 'unixepoch') FROM _denial f
           WHERE f.account = k.account AND f.region = k.region AND f.type = k.type) END AS asked_again  -- not before, where it was refused
  -- A run of looks with the same outcome is numbered by how often the outcome had changed before.
  FROM (SELECT n.type, n.account, n.region, n.source_id, n.outcome, min(n.started_ms) AS since_ms, count(*) AS looks,
               max(n.started_ms) AS last_ms, n.seen AS seen, n.reason AS reason, n.code AS code
          FROM (SELECT m.*, sum(m.turned) OVER (PARTITION BY m.type, m.account, m.region, m.source_id ORDER BY m.started_ms, m.coverage_id) AS run
                  FROM (SELECT c.*, c.outcome IS NOT lag(c.outcome) OVER (PARTITION BY c.type, c.account, c.region, c.source_id ORDER BY c.started_ms, c.coverage_id) AS turned
                          FROM _coverage c) m) n
         GROUP BY n.type, n.account, n.region, n.source_id, n.run) k
  LEFT JOIN _source s ON s.source_id = k.source_id;

CREATE VIEW gaps AS
  -- When nobody was looking at a place. A look counts from the beginning of its sweep to the end of its last
  -- look there; one that failed does not count, it saw nothing. What comes within twice the recorder's interval after the
  -- one before is in time: the interval and as long again for a sweep that takes its time. Where there is no
  -- recorder a look a day is expected. Where no look has ever seen anything it is one from the first of them on. The interval is the one of today, the past is judged by it, too.
SELECT g.account, g.region,
       strftime('%Y-%m-%d %H:%M:%S', g.since_ms/1000, 'unixepoch') AS since,  -- the end of the last look
       CASE WHEN g.until_ms IS NULL THEN '9999-12-31 23:59:59'
            ELSE strftime('%Y-%m-%d %H:%M:%S', g.until_ms/1000, 'unixepoch') END AS until,  -- the next one began
       g.since_ms/1000 AS t,
       (coalesce(g.until_ms, strftime('%s', 'now') * 1000) - g.since_ms)/1000 AS seconds,
       (SELECT count(*) FROM _coverage f WHERE f.sweep_ms BETWEEN g.since_ms AND coalesce(g.until_ms, 253402300799000)
           AND f.outcome = 'failed' AND (f.account = g.account AND f.region = g.region OR f.type = '*' AND f.account IN ('', g.account) AND f.region IN ('', g.region))) AS failed,  -- looks that saw nothing
       (SELECT f.reason FROM _coverage f WHERE f.sweep_ms BETWEEN g.since_ms AND coalesce(g.until_ms, 253402300799000)
           AND f.outcome = 'failed' AND (f.account = g.account AND f.region = g.region OR f.type = '*' AND f.account IN ('', g.account) AND f.region IN ('', g.region))
         ORDER BY f.sweep_ms DESC, f.type LIMIT 1) AS reason  -- of the last of those
  FROM (SELECT w.account, w.region, 0 AS never,
               max(w.ended_ms) OVER (PARTITION BY w.account, w.region ORDER BY w.sweep_ms ROWS UNBOUNDED PRECEDING) AS since_ms,
               lead(w.sweep_ms) OVER (PARTITION BY w.account, w.region ORDER BY w.sweep_ms) AS until_ms
          FROM (SELECT c.account, c.region, c.sweep_ms, max(c.ended_ms) AS ended_ms
                  FROM _coverage c WHERE c.outcome IN ('complete', 'partial')
                   AND NOT EXISTS (SELECT 1 FROM _coverage b WHERE b.type = '*' AND b.account = c.account AND b.region = c.region AND b.sweep_ms = c.sweep_ms)
                 GROUP BY c.account, c.region, c.sweep_ms) w
        UNION ALL
        -- Where looks failed before any saw something, and where none ever did.
        SELECT n.account, n.region, n.first_ms IS NULL, n.since_ms, n.first_ms
          FROM (SELECT f.account, f.region, min(f.sweep_ms) AS since_ms,
                       (SELECT min(c.sweep_ms) FROM _coverage c
                         WHERE c.account = f.account AND f.region IN ('', c.region) AND c.outcome IN ('complete', 'partial')
                           AND NOT EXISTS (SELECT 1 FROM _coverage b WHERE b.type = '*' AND b.account = c.account AND b.region = c.region AND b.sweep_ms = c.sweep_ms)) AS first_ms
                  FROM (SELECT DISTINCT v.account, v.region FROM _coverage v WHERE v.type = '*' AND v.account <> '') p
                  JOIN _coverage f ON f.account = p.account AND f.region = p.region AND f.type = '*' GROUP BY f.account, f.region) n
         WHERE n.first_ms IS NULL OR n.first_ms > n.since_ms) g
 WHERE g.never OR coalesce(g.until_ms, strftime('%s', 'now') * 1000) - g.since_ms > 2 * coalesce((SELECT min(CASE r.frequency WHEN 'DAILY' THEN max(r.every_ms, 86400000) ELSE r.every_ms END) FROM _recorder r WHERE r.principal IS NULL), 86400000/2);

CREATE VIEW log_files AS
  -- Files of CloudTrail that were read lately, and every one that could not be. What is done is shown until its day is over.
SELECT s.name AS source,
       f.key AS file,            -- its key in the trail's bucket
       f.state,                  -- done | failed (is tried again) | gone
       strftime('%Y-%m-%d %H:%M:%S', f.last_ms/1000, 'unixepoch') AS last_read,  -- when that was tried last
       f.tries,
       CASE WHEN f.state = 'failed' THEN strftime('%Y-%m-%d %H:%M:%S', f.next_ms/1000, 'unixepoch') END AS next_try,
       f.events,                 -- in it, as far as it was read
       f.heeded,                 -- of which led to a look
       f.error
  FROM _trail_file f JOIN _source s ON s.source_id = f.source_id;

CREATE VIEW deliveries AS
  -- Files that went to a delivery channel, or are to go.
SELECT d.delivery_id AS delivery, d.channel,
       d.kind,                   -- history | snapshot | oversized | check
       d.account, d.region,
       nullif(d.type, '') AS resource_type,  -- of a history file
       strftime('%Y-%m-%d %H:%M:%S', d.due_ms/1000, 'unixepoch') AS due,  -- the moment the file is for
       CASE WHEN d.done_ms IS NOT NULL AND d.items = 0 AND d.key IS NULL THEN 'empty' WHEN d.done_ms IS NOT NULL THEN 'done'
            WHEN d.error IS NOT NULL THEN 'failed' ELSE 'due' END AS state,  -- done | due | failed (is tried again) | empty
       strftime('%Y-%m-%d %H:%M:%S', d.done_ms/1000, 'unixepoch') AS done,
       d.tries,
       CASE WHEN d.done_ms IS NULL THEN strftime('%Y-%m-%d %H:%M:%S', d.next_ms/1000, 'unixepoch') END AS next_try,
       d.items, d.bytes,
       d.key AS file,            -- where in the channel's bucket or directory
       d.error_code, d.error
  FROM _delivery d;

CREATE VIEW recorder AS
  -- What is recorded, how often, and how that goes. One row is the recorder that people set; others belong to services of AWS.
SELECT r.name AS recorder,
       r.recording,              -- 1: it runs
       r.status,                 -- PENDING | SUCCESS | FAILURE
       CASE r.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN (SELECT group_concat(l.type) FROM (SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name ORDER BY t.ord) l)
         END AS types,           -- globs; NULL: every type of the catalogue, but for those excluded
       r.every_ms/1000 AS every_seconds,
       r.role_arn,
       strftime('%Y-%m-%d %H:%M:%S', r.started_ms/1000, 'unixepoch') AS started,
       strftime('%Y-%m-%d %H:%M:%S', r.stopped_ms/1000, 'unixepoch') AS stopped,
       strftime('%Y-%m-%d %H:%M:%S', r.status_ms/1000, 'unixepoch') AS changed,   -- when status last changed
       CASE WHEN r.recording THEN strftime('%Y-%m-%d %H:%M:%S', min(r.next_ms, coalesce(nullif(r.own_ms, 0), r.next_ms))/1000, 'unixepoch') END AS next_sweep,
       r.error_code, r.error,
       r.strategy,               -- ALL_SUPPORTED_RESOURCE_TYPES | INCLUSION_BY_RESOURCE_TYPES | EXCLUSION_BY_RESOURCE_TYPES
       CASE r.strategy WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN (SELECT group_concat(l.type) FROM (SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name ORDER BY t.ord) l)
         END AS excluded,        -- globs
       CASE WHEN r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' THEN r.globals END AS globals,  -- 1: IAM's users, groups, roles and policies, too
       r.frequency,              -- CONTINUOUS | DAILY
       (SELECT group_concat(o.type || '=' || o.often) FROM (SELECT v.type, coalesce(v.frequency, (v.every_ms/1000) || 's') AS often
          FROM _recorder_override v WHERE v.recorder = r.name ORDER BY v.ord) o) AS overrides,  -- types with a frequency or an interval of their own
       (SELECT group_concat(g.said, char(10)) FROM (SELECT CASE t.exclude WHEN 1 THEN '!' ELSE '' END || t.key || CASE t.any WHEN 1 THEN '' ELSE '=' || t.value END AS said
          FROM _recorder_tag t WHERE t.recorder = r.name ORDER BY t.exclude, t.key, t.value) g) AS tags,  -- only resources with one of these, one a line; !: with none of these
       r.principal               -- the service whose it is
  FROM _recorder r;

-- ============================================================================================
--  Private views: what the program's own exporters read.
-- ============================================================================================

-- Which recorder records which type of the catalogue, and how often where that is not at every sweep.
CREATE VIEW _recorder_covers AS
SELECT c.recorder, c.type,
       CASE WHEN c.own_ms > 0 THEN c.own_ms WHEN c.said = 'DAILY' THEN 86400000 ELSE 0 END AS own_ms,  -- 0: every sweep
       c.own_ms = 0 AND c.said = 'DAILY' AS daily
  FROM (SELECT r.name AS recorder, t.type,
               coalesce((SELECT coalesce(o.every_ms, 0) FROM _recorder_override o WHERE o.recorder = r.name AND t.type GLOB o.type
                          ORDER BY o.type GLOB '*[*?]*', length(o.type) DESC, o.ord DESC LIMIT 1), 0) AS own_ms,
               coalesce((SELECT coalesce(o.frequency, 'CONTINUOUS') FROM _recorder_override o WHERE o.recorder = r.name AND t.type GLOB o.type
                          ORDER BY o.type GLOB '*[*?]*', length(o.type) DESC, o.ord DESC LIMIT 1), r.frequency) AS said
          FROM _recorder r CROSS JOIN _type t
         WHERE CASE r.strategy
                 WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN EXISTS (SELECT 1 FROM _recorder_type l WHERE l.recorder = r.name AND t.type GLOB l.type)
                 WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN NOT EXISTS (SELECT 1 FROM _recorder_type l WHERE l.recorder = r.name AND t.type GLOB l.type)
                 ELSE r.globals = 1 OR t.type NOT IN ('AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Role', 'AWS::IAM::Policy') END) c;

-- What is recorded: by any of them, as often as the most eager says.
CREATE VIEW _scope AS
SELECT k.type, min(k.own_ms) AS own_ms, min(k.daily) AS daily FROM _recorder_covers k GROUP BY k.type;

-- The document of every item that has one, whole.
CREATE VIEW _item_document AS
SELECT i.item_id, i.rid, i.version,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base;

-- A configuration item as AWS Config writes it into its files: this order of keys, no nulls,
-- relationships in the order in which they are stored, which is AWS Config's.
CREATE VIEW _item_file AS
SELECT y.item_id, CASE WHEN y.extra IS NULL THEN y.plain ELSE json_patch(y.plain, y.extra) END AS body FROM (
SELECT x.item_id, x.extra,
       '{"relatedEvents":[],"relationships":['
       || coalesce((SELECT group_concat('{'
                || CASE WHEN json_extract(l.value, '$.resourceId') IS NULL THEN '' ELSE '"resourceId":' || json_quote(json_extract(l.value, '$.resourceId')) || ',' END
                || CASE WHEN json_extract(l.value, '$.resourceName') IS NULL THEN '' ELSE '"resourceName":' || json_quote(json_extract(l.value, '$.resourceName')) || ',' END
                || '"resourceType":' || json_quote(json_extract(l.value, '$.resourceType'))
                || ',"name":' || json_quote(json_extract(l.value, '$.name')) || '}', ',')
              FROM json_each(x.document, '$.relationships') l), '')
       || ']'
       || CASE WHEN x.document_id IS NULL THEN '' ELSE ',"configuration":' || json_extract(x.document, '$.configuration') END
       || ',"supplementaryConfiguration":' || coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}')
       || ',"tags":' || coalesce(json_extract(x.document, '$.tags'), '{}')
       || ',"configurationItemVersion":"1.3","configurationItemCaptureTime":"'
       || strftime('%Y-%m-%dT%H:%M:%S', x.captured_ms/1000, 'unixepoch') || printf('.%03dZ', x.captured_ms % 1000)
       || '","configurationStateId":' || x.state_id
       || ',"awsAccountId":' || json_quote(x.account)
       || ',"configurationItemStatus":' || json_quote(x.status)
       || ',"resourceType":' || json_quote(x.type)
       || ',"resourceId":' || json_quote(x.id)
       || CASE WHEN x.name IS NULL THEN '' ELSE ',"resourceName":' || json_quote(x.name) END
       || CASE WHEN x.arn IS NULL THEN '' ELSE ',"ARN":' || json_quote(x.arn) END
       || ',"awsRegion":' || json_quote(x.region)
       || CASE WHEN x.az IS NULL OR x.document_id IS NULL THEN '' ELSE ',"availabilityZone":' || json_quote(x.az) END
       || ',"configurationStateMd5Hash":""'
       || CASE WHEN x.created_ms IS NULL OR x.document_id IS NULL THEN '' ELSE ',"resourceCreationTime":"'
            || strftime('%Y-%m-%dT%H:%M:%S', x.created_ms/1000, 'unixepoch') || printf('.%03dZ', x.created_ms % 1000) || '"' END
       || '}' AS plain
  FROM (SELECT i.item_id, i.captured_ms, i.status, i.az, i.created_ms, i.document_id,
               coalesce(i.state_id, i.captured_ms) AS state_id, i.extra,
               r.account, r.region, r.type, r.id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _item i JOIN _resource r ON r.rid = i.rid
          LEFT JOIN _document d ON d.document_id = i.document_id
          LEFT JOIN _document b ON b.document_id = d.base) x) y;

-- Which version set each property of an item's document: the newest one whose changes name it, something in it or
-- something around it, since the version in which the resource came into being. One list per item, for the reason
-- given at the view diff; CROSS so that the list is made once and not for every version.
CREATE VIEW _blame AS
SELECT n.item_id AS of_item, n.rid, json_extract(x.value, '$[0]') AS property, json_extract(x.value, '$[1]') AS value,
       i.version, i.at, i.t, i.actor
  FROM _item n
  CROSS JOIN json_each((SELECT json_group_array(json_array(told.property, iif(told.value IN (9e999, -9e999), told.value || '', told.value), told.version))
      FROM (SELECT leaf.property AS property, leaf.value AS value,
                   max(touched.version) AS version
              FROM (SELECT substr(replace(k.fullkey, '"', ''), 3) AS property, coalesce(k.atom, k.value) AS value,
                           replace(substr(replace(k.fullkey, '"', ''), 3), '[', '.[') || '.' AS steps  -- one begins with the other: one is in the other
                      FROM json_tree((SELECT CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(k.body, d.body) END
                     FROM _document d LEFT JOIN _document k ON k.document_id = d.base WHERE d.document_id = n.document_id)) k
                     WHERE k.type <> 'object' AND k.path NOT LIKE '%[%' AND typeof(k.key) <> 'integer' LIMIT -1) leaf  -- a list of its own, or each comparison would spell the path again
              JOIN (SELECT replace(replace(json_extract(m.value, '$.path'), '"', ''), '[', '.[') || '.' AS steps, max(h.version) AS version
                           FROM _item h JOIN _diff f ON f.item_id = h.item_id JOIN json_each(f.changes) m
                          WHERE h.rid = n.rid AND h.version <= n.version GROUP BY 1
                    UNION ALL  -- all of it came with the resource
                    SELECT '', coalesce(max(CASE o.status WHEN 'ResourceDiscovered' THEN o.version END), min(o.version)) FROM _item o WHERE o.rid = n.rid AND o.version <= n.version) touched
                ON substr(touched.steps, 1, length(leaf.steps)) = leaf.steps OR substr(leaf.steps, 1, length(touched.steps)) = touched.steps
             GROUP BY leaf.property) told)) x
  CROSS JOIN _item i ON i.rid = n.rid AND i.version = json_extract(x.value, '$[2]');
