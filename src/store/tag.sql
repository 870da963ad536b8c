-- A resource has few tags and a key may stand on all of them: the index is named, for without
-- statistics the planner takes the one by key.

-- name: tag_close_gone
-- plan: scan
UPDATE _tag INDEXED BY _tag_rid SET until_ms = :at
 WHERE rid = :rid AND until_ms = 253402300799000
   AND NOT EXISTS (SELECT 1 FROM json_each(:tags) j WHERE j.key = _tag.key AND j.value = _tag.value);

-- name: tag_add_new
-- plan: scan
INSERT INTO _tag(rid, key, value, since_ms)
SELECT :rid, j.key, CAST(j.value AS TEXT), :at FROM json_each(:tags) j
 WHERE j.value IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM _tag g INDEXED BY _tag_rid WHERE g.rid = :rid AND g.until_ms = 253402300799000 AND g.key = j.key AND g.value = j.value);

-- name: tag_close_all
UPDATE _tag INDEXED BY _tag_rid SET until_ms = :at WHERE rid = :rid AND until_ms = 253402300799000;
