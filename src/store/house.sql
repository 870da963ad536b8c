-- name: house_recorders
-- plan: scan
-- Each recorder as its configuration item shows it.
SELECT r.name AS name, r.tags AS tags,
       json_patch('{}', json_object('Id', r.name, 'Name', r.name, 'RoleARN', r.role_arn,
         'RecordingGroup', json_object(
           'AllSupported', json(CASE r.strategy WHEN 'ALL_SUPPORTED_RESOURCE_TYPES' THEN 'true' ELSE 'false' END),
           'IncludeGlobalResourceTypes', json(CASE WHEN r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' AND r.globals THEN 'true' ELSE 'false' END),
           'ResourceTypes', json((SELECT json_group_array(l.type) FROM (SELECT t.type FROM _recorder_type t
              WHERE t.recorder = r.name AND r.strategy = 'INCLUSION_BY_RESOURCE_TYPES' ORDER BY t.type) l)),
           'ExclusionByResourceTypes', json_object('ResourceTypes', json((SELECT json_group_array(l.type) FROM (SELECT t.type FROM _recorder_type t
              WHERE t.recorder = r.name AND r.strategy = 'EXCLUSION_BY_RESOURCE_TYPES' ORDER BY t.type) l))),
           'RecordingStrategy', json_object('UseOnly', r.strategy)),
         'Recording', json(CASE r.recording WHEN 1 THEN 'true' ELSE 'false' END),
         'RecordingMode', json_object('RecordingFrequency', r.frequency,
           'RecordingModeOverrides', json((SELECT json_group_array(json(o.said)) FROM (
              SELECT json_patch('{}', json_object('Description', v.note, 'RecordingFrequency', v.frequency, 'ResourceTypes', json(json_group_array(v.type)))) AS said
                FROM (SELECT x.note, x.frequency, x.type FROM _recorder_override x WHERE x.recorder = r.name AND x.frequency IS NOT NULL ORDER BY x.ord) v
               GROUP BY v.note, v.frequency ORDER BY v.frequency, v.note) o))),
         'RecordingScope', r.scope, 'ServicePrincipal', r.principal)) AS configuration
  FROM _recorder r ORDER BY r.name;

-- name: house_places
-- plan: scan
-- Where recorders were recorded here, not brought in from elsewhere.
SELECT DISTINCT r.account AS account, r.region AS region FROM _resource r
 WHERE r.type = 'AWS::Config::ConfigurationRecorder' AND r.deleted = 0
   AND EXISTS (SELECT 1 FROM _item i JOIN _source s USING (source_id) WHERE i.rid = r.rid AND s.kind IN ('aws', 'house'))
 ORDER BY 1, 2;

-- name: house_removed
-- plan: scan
SELECT r.rid AS rid FROM _resource r
 WHERE r.type = 'AWS::Config::ConfigurationRecorder' AND r.deleted = 0 AND r.id NOT IN (SELECT k.name FROM _recorder k)
   AND EXISTS (SELECT 1 FROM _item i JOIN _source s USING (source_id) WHERE i.rid = r.rid AND s.kind IN ('aws', 'house'));
