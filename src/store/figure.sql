-- name: figures
-- plan: scan
-- What /metrics tells, from rows there are few of: a metric, up to three labels' values, a number.
SELECT 'siltstone_recorder_up' AS metric, s.name AS l1, NULL AS l2, NULL AS l3,
         coalesce((SELECT r.recording AND coalesce(r.status, 'PENDING') <> 'FAILURE' FROM _recorder r WHERE r.principal IS NULL), 0) AS value
  FROM _source s WHERE s.kept = 1
UNION ALL SELECT 'siltstone_recorder_lag_seconds', NULL, NULL, NULL, max(0, :now - next_ms) / 1000
  FROM _recorder WHERE recording = 1 AND next_ms > 0
UNION ALL SELECT 'siltstone_delivery_last_success_timestamp_seconds', name, 'history', NULL, history_ok_ms / 1000
  FROM _channel WHERE history_ok_ms IS NOT NULL
UNION ALL SELECT 'siltstone_delivery_last_success_timestamp_seconds', name, 'snapshot', NULL, snapshot_ok_ms / 1000
  FROM _channel WHERE snapshot_ok_ms IS NOT NULL
UNION ALL SELECT 'siltstone_deliveries_pending', c.name, NULL, NULL,
         (SELECT count(*) FROM _delivery d WHERE d.channel = c.name AND d.done_ms IS NULL) FROM _channel c
-- Numbers of events are given without a gap.
UNION ALL SELECT 'siltstone_notices_pending', s.name, NULL, NULL,
         max(0, coalesce((SELECT max(v.event_id) FROM _event v), 0) - s.cursor) FROM _sink s
UNION ALL SELECT 'siltstone_dead_letters', s.name, NULL, NULL,
         (SELECT count(*) FROM _dead d WHERE d.sink = s.name) FROM _sink s
UNION ALL SELECT 'siltstone_rules', c.region, CASE WHEN s.error IS NOT NULL THEN 'failed' WHEN s.wanted_ms IS NOT NULL THEN 'waiting' ELSE 'evaluated' END, NULL, count(*)
  FROM _config_rule c JOIN _rule_status s ON s.rule_id = c.rule_id GROUP BY 2, 3
UNION ALL SELECT 'siltstone_evaluation_backlog', NULL, NULL, NULL, coalesce((SELECT max(i.item_id) FROM _item i), 0) - e.item_id
  FROM _evaluator e WHERE EXISTS (SELECT 1 FROM _config_rule);

-- name: figure_counts
-- plan: scan
-- And from rows there are many of. Columns as above.
SELECT 'siltstone_resources' AS metric, type AS l1, account AS l2, region AS l3, count(*) AS value
  FROM _resource WHERE deleted = 0 GROUP BY type, account, region
UNION ALL SELECT 'siltstone_items_total', type, NULL, NULL, sum(n) FROM _activity GROUP BY type
UNION ALL SELECT 'siltstone_changes_total', type, event, NULL, sum(n) FROM _activity GROUP BY type, event
UNION ALL SELECT 'siltstone_last_item_timestamp_seconds', s.name, NULL, NULL, max(c.ended_ms) / 1000
  FROM _source s JOIN _coverage c ON c.source_id = s.source_id WHERE c.written > 0 GROUP BY s.name
UNION ALL SELECT 'siltstone_gaps_total', NULL, NULL, NULL, count(*) FROM _coverage WHERE outcome IN ('partial', 'failed');

-- name: figure_edition
-- What the counts depend on grows with every sweep that finds or looks.
SELECT coalesce((SELECT max(item_id) FROM _item), 0) AS item, coalesce((SELECT max(coverage_id) FROM _coverage), 0) AS look;
