-- What the demonstration asks of the store that it makes.

-- name: demonstration_rid
SELECT r.rid AS rid FROM _resource r WHERE r.account = :account AND r.region = :region AND r.type = :type AND r.id = :id;

-- name: demonstration_sum
-- plan: scan
SELECT (SELECT count(*) FROM _item) AS items, (SELECT count(*) FROM _resource r WHERE r.deleted = 0) AS resources;

-- name: demonstration_judged
-- plan: scan
-- Everything that was written has been judged, by the rules of that day.
UPDATE _evaluator SET item_id = (SELECT coalesce(max(i.item_id), 0) FROM _item i);

-- name: demonstration_rules_done
-- plan: scan
UPDATE _rule_status SET wanted_ms = NULL, started_ms = coalesce(started_ms, :now), invoked_ms = :now, evaluated_ms = :now, periodic_ms = :now;
