-- name: judge_is_open
-- plan: scan
SELECT 1 AS yes FROM sqlite_temp_schema WHERE name = 'judge_document';

-- name: judge_is_past
-- plan: scan
SELECT 1 AS yes FROM sqlite_temp_schema WHERE name = 'clock' AND type = 'table';

-- name: judge_clear_documents
-- alone
-- plan: scan
DELETE FROM temp.judge_document;

-- name: judge_clear_loaded
-- alone
-- plan: scan
DELETE FROM temp.judge_loaded;

-- name: judge_clear_items
-- alone
-- plan: scan
DELETE FROM temp.judge_item;

-- name: judge_clear_touched
-- alone
-- plan: scan
DELETE FROM temp.judge_touched;

-- name: judge_clear_listed
-- alone
-- plan: scan
DELETE FROM temp.judge_listed;

-- name: judge_clear_answers
-- alone
-- plan: scan
DELETE FROM temp.judge_answer;

-- name: judge_clear_moment
-- alone
-- plan: scan
DELETE FROM temp.judge_moment;

-- name: judge_set_moment
-- alone
INSERT INTO temp.judge_moment VALUES (:at);

-- name: judge_missing_types
-- plan: scan
-- Of a list of types those whose documents are not there yet.
SELECT DISTINCT t.value AS type FROM json_each(:types) t
 WHERE NOT EXISTS (SELECT 1 FROM temp.judge_loaded l WHERE l.type = t.value);

-- name: judge_note_loaded
-- alone
INSERT OR IGNORE INTO temp.judge_loaded VALUES (:type);

-- name: judge_drop_type
-- alone
DELETE FROM temp.judge_document WHERE resource_type = :type;

-- name: judge_load_type
-- alone
-- The documents of what lives there now. LIMIT -1: put together once and not for each of its parts.
INSERT INTO temp.judge_document
SELECT x.item_id, x.rid, x.version, x.type, x.id, x.name, x.arn, x.account, x.region, x.az, x.status, x.captured_ms, x.created_ms,
       json_extract(x.document, '$.configuration'), coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}'),
       coalesce(json_extract(x.document, '$.tags'), '{}'), x.until_ms, 1
  FROM (SELECT i.item_id, r.rid, i.version, r.type, r.id, r.name, r.arn, r.account, r.region, i.az, i.status, i.captured_ms, i.created_ms, i.until_ms,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM main._resource r CROSS JOIN main._item i ON i.item_id = r.last_item CROSS JOIN main._document d ON d.document_id = i.document_id
          LEFT JOIN main._document b ON b.document_id = d.base
         WHERE r.type = :type AND r.account = :account AND r.region IN (:region, 'global') AND r.deleted = 0 LIMIT -1) x;

-- name: judge_load_all
-- alone
INSERT INTO temp.judge_document
SELECT x.item_id, x.rid, x.version, x.type, x.id, x.name, x.arn, x.account, x.region, x.az, x.status, x.captured_ms, x.created_ms,
       json_extract(x.document, '$.configuration'), coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}'),
       coalesce(json_extract(x.document, '$.tags'), '{}'), x.until_ms, 1
  FROM (SELECT i.item_id, r.rid, i.version, r.type, r.id, r.name, r.arn, r.account, r.region, i.az, i.status, i.captured_ms, i.created_ms, i.until_ms,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM main._resource r CROSS JOIN main._item i ON i.item_id = r.last_item CROSS JOIN main._document d ON d.document_id = i.document_id
          LEFT JOIN main._document b ON b.document_id = d.base
         WHERE r.account = :account AND r.region IN (:region, 'global') AND r.deleted = 0 LIMIT -1) x;

-- name: judge_load_touched
-- alone
-- plan: scan
-- Of what changed alone, where it lives there and its documents are not there yet.
INSERT OR IGNORE INTO temp.judge_document
SELECT x.item_id, x.rid, x.version, x.type, x.id, x.name, x.arn, x.account, x.region, x.az, x.status, x.captured_ms, x.created_ms,
       json_extract(x.document, '$.configuration'), coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}'),
       coalesce(json_extract(x.document, '$.tags'), '{}'), x.until_ms, 1
  FROM (SELECT i.item_id, r.rid, i.version, r.type, r.id, r.name, r.arn, r.account, r.region, i.az, i.status, i.captured_ms, i.created_ms, i.until_ms,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM temp.judge_touched t CROSS JOIN main._resource r ON r.rid = t.rid CROSS JOIN main._item i ON i.item_id = r.last_item
         CROSS JOIN main._document d ON d.document_id = i.document_id
          LEFT JOIN main._document b ON b.document_id = d.base
         WHERE t.account = :account AND t.region IN (:region, 'global') AND r.deleted = 0
           AND (:types IS NULL OR t.type IN (SELECT l.value FROM json_each(:types) l))
           AND NOT EXISTS (SELECT 1 FROM temp.judge_document k WHERE k.rid = t.rid) LIMIT -1) x;

-- name: judge_load_past
-- alone
-- What was in force after :from until :at; of a moment the two are the same. Named as it was then.
INSERT INTO temp.judge_document
SELECT x.item_id, x.rid, x.version, x.type, x.id, x.name, x.arn, x.account, x.region, x.az, x.status, x.captured_ms, x.created_ms,
       json_extract(x.document, '$.configuration'), coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}'),
       coalesce(json_extract(x.document, '$.tags'), '{}'), x.until_ms, x.until_ms > :at
  FROM (SELECT i.item_id, r.rid, i.version, r.type, r.id, CASE WHEN i.name IS NULL THEN r.name ELSE nullif(i.name, '') END AS name,
               CASE WHEN i.arn IS NULL THEN r.arn ELSE nullif(i.arn, '') END AS arn, r.account, r.region, i.az, i.status, i.captured_ms, i.created_ms, i.until_ms,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM main._resource r CROSS JOIN main._item i ON i.rid = r.rid CROSS JOIN main._document d ON d.document_id = i.document_id
          LEFT JOIN main._document b ON b.document_id = d.base
         WHERE r.account = :account AND r.region IN (:region, 'global') AND r.type = :type
           AND i.captured_ms <= :at AND i.until_ms > :from LIMIT -1) x;

-- name: judge_load_past_all
-- alone
INSERT INTO temp.judge_document
SELECT x.item_id, x.rid, x.version, x.type, x.id, x.name, x.arn, x.account, x.region, x.az, x.status, x.captured_ms, x.created_ms,
       json_extract(x.document, '$.configuration'), coalesce(json_extract(x.document, '$.supplementaryConfiguration'), '{}'),
       coalesce(json_extract(x.document, '$.tags'), '{}'), x.until_ms, x.until_ms > :at
  FROM (SELECT i.item_id, r.rid, i.version, r.type, r.id, CASE WHEN i.name IS NULL THEN r.name ELSE nullif(i.name, '') END AS name,
               CASE WHEN i.arn IS NULL THEN r.arn ELSE nullif(i.arn, '') END AS arn, r.account, r.region, i.az, i.status, i.captured_ms, i.created_ms, i.until_ms,
               CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END AS document
          FROM main._resource r CROSS JOIN main._item i ON i.rid = r.rid CROSS JOIN main._document d ON d.document_id = i.document_id
          LEFT JOIN main._document b ON b.document_id = d.base
         WHERE r.account = :account AND r.region IN (:region, 'global')
           AND i.captured_ms <= :at AND i.until_ms > :from LIMIT -1) x;

-- name: judge_scope_types
-- alone
-- plan: scan
-- A NULL in the scope narrows nothing.
INSERT INTO temp.judge_item
SELECT d.item_id FROM temp.judge_document d
 WHERE d.resource_type IN (SELECT t.value FROM json_each(:types) t)
   AND (:id IS NULL OR d.resource_id = :id)
   AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM json_each(d.tags) g WHERE g.key = :tag_key AND (:tag_value IS NULL OR g.atom = :tag_value)));

-- name: judge_scope_all
-- alone
-- plan: scan
-- A rule that is for every type is not for what rules find: it would judge what comes of its own judging.
INSERT INTO temp.judge_item
SELECT d.item_id FROM temp.judge_document d
 WHERE d.resource_type NOT IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance')
   AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM json_each(d.tags) g WHERE g.key = :tag_key AND (:tag_value IS NULL OR g.atom = :tag_value)));

-- name: judge_scope_touched
-- alone
-- plan: scan
INSERT INTO temp.judge_item
SELECT d.item_id FROM temp.judge_touched c CROSS JOIN temp.judge_document d ON d.rid = c.rid
 WHERE CASE WHEN :types IS NULL THEN d.resource_type NOT IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance')
            ELSE d.resource_type IN (SELECT t.value FROM json_each(:types) t) END
   AND (:id IS NULL OR d.resource_id = :id)
   AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM json_each(d.tags) g WHERE g.key = :tag_key AND (:tag_value IS NULL OR g.atom = :tag_value)));

-- name: judge_count_items
-- plan: scan
SELECT count(*) AS n FROM temp.judge_item;

-- name: judge_unlisted
-- plan: scan
-- The first of these types that was never listed completely there.
SELECT t.value AS type FROM json_each(:types) t
 WHERE NOT EXISTS (SELECT 1 FROM main._coverage c
                    WHERE c.type = t.value AND c.account = :account AND c.region IN (:region, 'global')
                      AND c.outcome IN ('complete', 'unsupported') AND c.ended_ms <= :at)
 ORDER BY t.key LIMIT 1;

-- name: judge_answer_all
-- alone
-- plan: scan
INSERT INTO temp.judge_answer(item_id, rid, type, id, result, annotation, captured_ms)
SELECT d.item_id, d.rid, d.resource_type, d.resource_id, :result, :annotation, d.captured_ms
  FROM temp.judge_item j JOIN temp.judge_document d ON d.item_id = j.item_id;

-- name: judge_answer_item
-- alone
INSERT INTO temp.judge_answer(item_id, rid, type, id, result, annotation, captured_ms)
SELECT d.item_id, d.rid, d.resource_type, d.resource_id, :result, :annotation, d.captured_ms
  FROM temp.judge_document d WHERE d.item_id = :item;

-- name: judge_answer_named
-- alone
-- plan: scan
-- Of what is no item: noted here since something was found of it, or not.
INSERT INTO temp.judge_answer(rid, type, id, result, annotation)
VALUES ((SELECT r.rid FROM main._resource r WHERE r.id = :id AND r.type = :type AND r.account = :account AND r.region IN (:region, 'global')
          ORDER BY r.region = 'global' LIMIT 1), :type, :id, :result, :annotation);

-- name: judge_count_answers
-- plan: scan
SELECT coalesce(sum(a.result = 'COMPLIANT'), 0) AS compliant, coalesce(sum(a.result = 'NON_COMPLIANT'), 0) AS non_compliant,
       coalesce(sum(a.result = 'NOT_APPLICABLE'), 0) AS not_applicable, coalesce(sum(a.result = 'INSUFFICIENT_DATA'), 0) AS insufficient
  FROM temp.judge_answer a;

-- name: judge_answers
-- plan: scan
SELECT coalesce(a.item_id, 0) AS item_id, coalesce(a.rid, 0) AS rid, coalesce(d.version, 0) AS version, coalesce(d.captured_ms, 0) AS captured_ms,
       coalesce(d.until_ms, 0) AS until_ms, a.type AS type, a.id AS id, d.name AS name, d.region AS region, a.result AS result, a.annotation AS annotation
  FROM temp.judge_answer a LEFT JOIN temp.judge_document d ON d.item_id = a.item_id
 ORDER BY a.type, a.id, d.region, d.version;

-- name: judge_forget_proposed
-- alone
DELETE FROM temp.judge_document WHERE item_id = -1;

-- name: judge_propose
-- alone
INSERT INTO temp.judge_document(item_id, rid, version, resource_type, resource_id, account, region, status, captured_ms, configuration, supplementary, tags, until_ms, current)
VALUES (-1, -1, 1, :type, :id, :account, :region, 'ResourceDiscovered', :now, :configuration, '{}', :tags, 253402300799000, 1);

-- name: judge_scope_proposed
-- alone
-- plan: scan
INSERT INTO temp.judge_item
SELECT d.item_id FROM temp.judge_document d
 WHERE d.item_id = -1
   AND CASE WHEN :types IS NULL THEN 1 ELSE d.resource_type IN (SELECT t.value FROM json_each(:types) t) END
   AND (:id IS NULL OR d.resource_id = :id)
   AND (:tag_key IS NULL OR EXISTS (SELECT 1 FROM json_each(d.tags) g WHERE g.key = :tag_key AND (:tag_value IS NULL OR g.atom = :tag_value)));

-- name: judge_item_after
SELECT j.item_id AS item_id, f.body AS body
  FROM temp.judge_item j CROSS JOIN main._item_file f ON f.item_id = j.item_id
 WHERE j.item_id > :after ORDER BY j.item_id LIMIT 1;
