-- name: delivery_is_due
-- plan: scan
-- A time further off than the longest wait comes from a clock that has been set back since.
SELECT 1 AS due FROM _channel
 WHERE history_at_ms <= :now OR history_at_ms > :now + 21600000
    OR snapshot_at_ms <= :now OR snapshot_at_ms > :now + 86400000 LIMIT 1;

-- name: delivery_plan_history
-- plan: scan
-- One file per account, region and type. What has no region goes with its account's home.
INSERT INTO _delivery(channel, kind, account, region, type, globals, due_ms, from_event, to_event, planned_ms, next_ms)
SELECT channel, 'history', account, region, type, max(global), :now / 21600000 * 21600000,
       min(event_id) - 1, max(event_id), :now, :now
  FROM (SELECT c.name AS channel, e.event_id, r.account, r.type, r.region = 'global' AS global,
               CASE WHEN r.region <> 'global' THEN r.region
                    WHEN EXISTS (SELECT 1 FROM _resource h WHERE h.account = r.account AND h.region = 'us-east-1') THEN 'us-east-1'
                    ELSE coalesce((SELECT min(h.region) FROM _resource h WHERE h.account = r.account AND h.region <> 'global'), 'us-east-1')
               END AS region
          FROM _channel c
          CROSS JOIN _event e ON e.event_id > c.history_event AND e.kind = 'ConfigurationItemChangeNotification'
          CROSS JOIN _item i ON i.item_id = e.item_id
          CROSS JOIN _resource r ON r.rid = i.rid
         WHERE c.history_at_ms <= :now OR c.history_at_ms > :now + 21600000)
 GROUP BY channel, account, region, type;

-- name: delivery_plan_history_next
-- plan: scan
UPDATE _channel SET history_event = max(history_event, (SELECT coalesce(max(event_id), 0) FROM _event)),
                    history_at_ms = (:now / 21600000 + 1) * 21600000
 WHERE history_at_ms <= :now OR history_at_ms > :now + 21600000;

-- name: delivery_plan_snapshots
-- plan: scan
-- One file per account and region where anything was ever recorded; one that turns out empty is not
-- delivered. The moment of a periodic one is the multiple of its frequency, so that a later try
-- makes the same file; :name and :at are of one that somebody asked for.
INSERT INTO _delivery(channel, kind, account, region, globals, due_ms, snapshot_id, planned_ms, next_ms)
SELECT c.name, 'snapshot', p.account, p.region, max(p.global),
       CASE WHEN :name IS NOT NULL THEN :at ELSE :now / c.every * c.every END,
       -- RFC 4122, version 4
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-'
             || substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       :now, :now
  FROM (SELECT name, CASE frequency WHEN 'One_Hour' THEN 3600000 WHEN 'Three_Hours' THEN 10800000
                       WHEN 'Six_Hours' THEN 21600000 WHEN 'Twelve_Hours' THEN 43200000 ELSE 86400000 END AS every
          FROM _channel
         WHERE CASE WHEN :name IS NOT NULL THEN name = :name
                    ELSE snapshot_at_ms <= :now OR snapshot_at_ms > :now + 86400000 END) c
  JOIN (SELECT d.account, d.region = 'global' AS global,
               CASE WHEN d.region <> 'global' THEN d.region
                    WHEN EXISTS (SELECT 1 FROM _resource h WHERE h.account = d.account AND h.region = 'us-east-1') THEN 'us-east-1'
                    ELSE coalesce((SELECT min(h.region) FROM _resource h WHERE h.account = d.account AND h.region <> 'global'), 'us-east-1')
               END AS region
          FROM (SELECT DISTINCT account, region FROM _resource) d) p
 GROUP BY c.name, p.account, p.region;

-- name: delivery_plan_snapshots_next
-- plan: scan
UPDATE _channel SET snapshot_at_ms = (:now / every + 1) * every
  FROM (SELECT name AS which, CASE frequency WHEN 'One_Hour' THEN 3600000 WHEN 'Three_Hours' THEN 10800000
               WHEN 'Six_Hours' THEN 21600000 WHEN 'Twelve_Hours' THEN 43200000 ELSE 86400000 END AS every FROM _channel)
 WHERE name = which AND (snapshot_at_ms <= :now OR snapshot_at_ms > :now + 86400000);

-- name: delivery_plan_checks
-- plan: scan
-- The write check is written anew with the files of an account, unless it is still to be written.
INSERT INTO _delivery(channel, kind, account, region, due_ms, planned_ms, next_ms)
SELECT DISTINCT d.channel, 'check', d.account, '', d.planned_ms, :now, :now
  FROM _delivery d
 WHERE d.delivery_id > :after
   AND NOT EXISTS (SELECT 1 FROM _delivery x WHERE x.channel = d.channel AND x.kind = 'check' AND x.account = d.account
                    AND (x.done_ms IS NULL OR x.due_ms = d.planned_ms));

-- name: delivery_newest
SELECT coalesce(max(delivery_id), 0) AS delivery_id FROM _delivery;

-- name: delivery_snapshot_id
-- The first file of a snapshot that was just planned.
SELECT snapshot_id FROM _delivery WHERE delivery_id > :after AND kind = 'snapshot' ORDER BY delivery_id LIMIT 1;

-- name: delivery_claim
-- plan: scan
-- No wait is longer than an hour, which began a while after :now; no lease is longer than the one asked
-- for: what is much further off was noted under a clock that has been set back since.
SELECT delivery_id, channel, kind, account, region, type, globals, due_ms, from_event, to_event,
       coalesce(item_id, 0) AS item_id, part, after_item, last_item, snapshot_id, key, tries
  FROM _delivery
 WHERE done_ms IS NULL AND (next_ms <= :now OR next_ms > :now + 7200000)
   AND (lease_ms <= :now OR lease_ms > :now + :lease)
 ORDER BY tries > 0, next_ms, delivery_id LIMIT 1;

-- name: delivery_failures
SELECT coalesce(sum(tries), 0) AS failures FROM _delivery WHERE channel = :channel AND done_ms IS NULL;

-- name: delivery_hold
UPDATE _delivery SET next_ms = :next WHERE channel = :channel AND done_ms IS NULL AND next_ms < :next;

-- name: delivery_resume
-- What failed by itself goes on waiting by itself. What was planned by a clock that has been set back since is due.
UPDATE _delivery SET next_ms = CASE WHEN planned_ms <= :now THEN planned_ms ELSE 0 END
 WHERE channel = :channel AND done_ms IS NULL AND next_ms > :now AND coalesce(error_code, '') <> 'InternalError';

-- name: delivery_lease
UPDATE _delivery SET lease_ms = :until WHERE delivery_id = :id;

-- name: delivery_release
-- alone
UPDATE _delivery SET lease_ms = 0 WHERE delivery_id = :id;

-- name: delivery_free_leases
-- plan: scan
-- alone
UPDATE _delivery SET lease_ms = 0 WHERE done_ms IS NULL AND lease_ms <> 0;

-- name: delivery_set_key
UPDATE _delivery SET key = :key, last_item = :last_item WHERE delivery_id = :id;

-- name: delivery_key_is_taken
-- By another history file of the same place and type.
SELECT EXISTS (SELECT 1 FROM _delivery
                WHERE channel = :channel AND kind = 'history' AND account = :account AND region = :region AND type = :type
                  AND key = :key AND delivery_id <> :id) AS taken;

-- name: delivery_add_part
INSERT INTO _delivery(channel, kind, account, region, type, globals, due_ms, from_event, to_event, part, after_item, planned_ms, next_ms)
SELECT channel, kind, account, region, type, globals, due_ms, from_event, to_event, part + 1, :last_item, :now, next_ms
  FROM _delivery WHERE delivery_id = :id;

-- name: delivery_told
-- What the event of a delivery says.
SELECT json_patch('{}', json_object('configSnapshotId', d.snapshot_id, 's3ObjectKey', :key,
         's3Bucket', CASE WHEN :key IS NOT NULL THEN CASE WHEN c.target LIKE 's3://%' THEN substr(c.target, 6) ELSE c.target END END,
         'errorCode', :error_code, 'errorMessage', :error)) AS payload
  FROM _delivery d JOIN _channel c ON c.name = d.channel WHERE d.delivery_id = :id;

-- name: delivery_done
UPDATE _delivery SET done_ms = :now, lease_ms = 0, tries = tries + 1, key = :key, items = :items, bytes = :bytes,
                     error_code = NULL, error = NULL
 WHERE delivery_id = :id;

-- name: delivery_failed
UPDATE _delivery SET lease_ms = 0, tries = tries + 1, next_ms = :next, error_code = :error_code, error = :error
 WHERE delivery_id = :id;

-- name: delivery_history_status
UPDATE _channel SET history_status = :status, history_tried_ms = :now,
       history_ok_ms = CASE :status WHEN 'SUCCESS' THEN :now ELSE history_ok_ms END,
       history_error_code = :error_code, history_error = :error
 WHERE name = :name;

-- name: delivery_snapshot_status
UPDATE _channel SET snapshot_status = :status, snapshot_tried_ms = :now,
       snapshot_ok_ms = CASE :status WHEN 'SUCCESS' THEN :now ELSE snapshot_ok_ms END,
       snapshot_error_code = :error_code, snapshot_error = :error
 WHERE name = :name;

-- name: delivery_items
-- plan: scan
-- The items of one history file, found by the events of its window (CROSS JOIN keeps to that order). They are put in order by their keys; bodies are made one by one as they
-- are read, so that memory does not grow with their number.
-- Columns as item_text() wants them.
SELECT x.item_id AS item_id, x.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM (SELECT i.item_id, i.captured_ms
          FROM _event e CROSS JOIN _item i ON i.item_id = e.item_id CROSS JOIN _resource r ON r.rid = i.rid
         WHERE e.event_id > :from AND e.event_id <= :to AND e.kind = 'ConfigurationItemChangeNotification'
           AND r.type = :type AND r.account = :account AND (r.region = :region OR (:globals AND r.region = 'global'))
           AND (:after = 0 OR (i.captured_ms, i.item_id) > ((SELECT captured_ms FROM _item WHERE item_id = :after), :after))
           AND (:last = 0 OR (i.captured_ms, i.item_id) <= ((SELECT captured_ms FROM _item WHERE item_id = :last), :last))
         ORDER BY i.captured_ms, i.item_id LIMIT -1) x
 CROSS JOIN _item i ON i.item_id = x.item_id CROSS JOIN _resource r ON r.rid = i.rid;
