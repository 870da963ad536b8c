-- name: scope_types
-- plan: scan
SELECT s.type AS type, s.own_ms AS own_ms, s.daily AS daily FROM _scope s ORDER BY s.type;

-- name: scope_is
-- plan: scan
SELECT 1 AS yes FROM _recorder r WHERE r.principal IS NULL;

-- name: scope_last_look
SELECT c.started_ms AS started_ms FROM _coverage c
 WHERE c.type = :type AND c.account = :account AND c.region = :region AND c.outcome <> 'failed'
 ORDER BY c.started_ms DESC LIMIT 1;

-- name: scope_stage_types
-- plan: scan
-- alone
-- What is of a type that was recorded and is not any more. It is there until somebody says otherwise, so it is staged
-- as what it is: not gone, not recorded (gone 2).
INSERT OR IGNORE INTO stage(account, region, type, id, name, arn, captured_ms, gone)
SELECT r.account, r.region, r.type, r.id, r.name, r.arn, :captured, 2 FROM _resource r
 WHERE r.deleted = 0 AND r.account = :account AND r.type IN (SELECT t.type FROM _type t WHERE t.type NOT IN (SELECT s.type FROM _scope s));

-- name: scope_tags_matter
-- plan: scan
SELECT 1 AS yes FROM _recorder_tag LIMIT 1;

-- name: scope_stage_tags
-- plan: scan
-- alone
-- What was seen and has not the tags that any recorder of its type wants.
UPDATE stage SET gone = 2, configuration = NULL, supplementary = NULL, tags = NULL
 WHERE gone = 0 AND type <> 'AWS::Config::ConfigurationRecorder'
   AND NOT EXISTS (
     SELECT 1 FROM _recorder_covers k
      WHERE k.type = stage.type
        AND NOT EXISTS (SELECT 1 FROM _recorder_tag f JOIN json_each(coalesce(stage.tags, '{}')) g ON g.key = f.key AND (f.any OR g.value = f.value)
                         WHERE f.recorder = k.recorder AND f.exclude = 1)
        AND (NOT EXISTS (SELECT 1 FROM _recorder_tag f WHERE f.recorder = k.recorder AND f.exclude = 0)
             OR EXISTS (SELECT 1 FROM _recorder_tag f JOIN json_each(coalesce(stage.tags, '{}')) g ON g.key = f.key AND (f.any OR g.value = f.value)
                         WHERE f.recorder = k.recorder AND f.exclude = 0)));

-- name: scope_stage_same
-- plan: scan
-- alone
-- The same of what was listed as it is known.
INSERT OR IGNORE INTO stage(account, region, type, id, name, arn, captured_ms, gone)
SELECT r.account, r.region, r.type, r.id, r.name, r.arn, :captured, 2 FROM stage_same x JOIN _resource r ON r.rid = x.rid
 WHERE r.deleted = 0
   AND NOT EXISTS (
     SELECT 1 FROM _recorder_covers k
      WHERE k.type = r.type
        AND NOT EXISTS (SELECT 1 FROM _recorder_tag f JOIN _tag g ON g.rid = r.rid AND g.until_ms = 253402300799000 AND g.key = f.key AND (f.any OR g.value = f.value)
                         WHERE f.recorder = k.recorder AND f.exclude = 1)
        AND (NOT EXISTS (SELECT 1 FROM _recorder_tag f WHERE f.recorder = k.recorder AND f.exclude = 0)
             OR EXISTS (SELECT 1 FROM _recorder_tag f JOIN _tag g ON g.rid = r.rid AND g.until_ms = 253402300799000 AND g.key = f.key AND (f.any OR g.value = f.value)
                         WHERE f.recorder = k.recorder AND f.exclude = 0)));
