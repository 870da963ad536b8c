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
  JOIN _resource r
  JOIN _item i ON i.item_id = (SELECT x.item_id FROM _item x
                                WHERE x.rid = r.rid
                                  AND x.captured_ms < CASE WHEN j.value < 1e7 THEN (j.value-2440587.5)*86400000+1000 WHEN j.value > 1e11 THEN j.value+1 ELSE j.value*1000+1000 END
                                ORDER BY x.captured_ms DESC, x.item_id DESC LIMIT 1)
 WHERE i.status NOT LIKE 'ResourceDeleted%';

CREATE VIEW history AS
  -- Every version of every resource: one row per configuration item.
SELECT r.rid, r.type AS resource_type, r.id AS resource_id, r.name, r.account, r.region,
       i.version,
       i.event,                  -- created | changed | deleted
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

-- ============================================================================================
--  Private views: what the program's own exporters read.
-- ============================================================================================

-- The document of every item that has one, whole.
CREATE VIEW _item_document AS
SELECT i.item_id, i.rid, i.version,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _item i JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base;

-- A configuration item as AWS Config writes it into its files: this order of keys, no nulls,
-- relationships in the order in which they are stored, which is AWS Config's.
CREATE VIEW _item_file AS
SELECT x.item_id,
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
       || '","configurationStateId":' || x.captured_ms
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
       || '}' AS body
  FROM (SELECT i.item_id, i.captured_ms, i.status, i.az, i.created_ms, i.document_id,
               r.account, r.region, r.type, r.id, r.name, r.arn,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM _item i JOIN _resource r ON r.rid = i.rid
          LEFT JOIN _document d ON d.document_id = i.document_id
          LEFT JOIN _document b ON b.document_id = d.base) x;
