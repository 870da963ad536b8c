-- name: merge_items
-- plan: scan
-- Everything there is, by resource and time, which is the order of the indices.
SELECT r.account AS account, r.region AS region, r.type AS type, r.id AS id, r.name AS now_name, r.arn AS now_arn,
       r.last_item = i.item_id AS is_last, i.captured_ms AS captured_ms, coalesce(i.state_id, i.captured_ms) AS state_id,
       i.recorded_ms AS recorded_ms, i.status AS status, i.az AS az, i.created_ms AS created_ms, i.actor AS actor, i.source_id AS source_id,
       nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn, i.extra AS extra,
       CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
  FROM _resource r CROSS JOIN _item i ON i.rid = r.rid
  LEFT JOIN _document d ON d.document_id = i.document_id
  LEFT JOIN _document b ON b.document_id = d.base
 ORDER BY r.account, r.region, r.type, r.id, i.captured_ms, i.version;

-- name: merge_sources
-- plan: scan
SELECT source_id AS source_id, name AS name, kind AS kind, settings AS settings FROM _source ORDER BY source_id;

-- name: merge_add_source
INSERT INTO _source(name, kind, settings, kept) VALUES (:name, :kind, :settings, 0);

-- name: merge_catalogues
-- plan: scan
SELECT name AS name, doc AS doc FROM _catalogue WHERE origin = 'user' ORDER BY name;

-- name: merge_add_catalogue
-- Of two by the same name the first by its text is kept.
INSERT INTO _catalogue(name, origin, doc) SELECT :name, 'user', :doc
 WHERE NOT EXISTS (SELECT 1 FROM _catalogue c WHERE c.name = :name);

-- name: merge_looks
-- plan: scan
SELECT sweep_ms AS sweep_ms, coalesce(source_id, 0) AS source_id, account AS account, region AS region, type AS type, started_ms AS started_ms,
       ended_ms AS ended_ms, outcome AS outcome, coalesce(reason, '') AS reason, coalesce(code, '') AS code, seen AS seen, written AS written, calls AS calls
  FROM _coverage ORDER BY coverage_id;

-- name: merge_look_put
-- alone
INSERT OR IGNORE INTO merge_look(sweep_ms, source_id, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls)
VALUES (:sweep, :source, :account, :region, :type, :started, :ended, :outcome, :reason, :code, :seen, :written, :calls);

-- name: merge_write_looks
-- plan: scan
INSERT INTO _coverage(source_id, sweep_ms, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls)
SELECT nullif(source_id, 0), sweep_ms, account, region, type, started_ms, ended_ms, outcome, nullif(reason, ''), nullif(code, ''), seen, written, calls
  FROM merge_look ORDER BY sweep_ms, source_id, account, region, type, started_ms, ended_ms, outcome, reason, code, seen, written, calls;
