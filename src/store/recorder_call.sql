-- The operations of AWS Config's API on recorders, see recorder_call.h. Every statement begins with the same four parameters.

-- name: recorder_put_refuse
-- plan: scan
-- Spec sections 5.2 and 5.4.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p),
known(type) AS (SELECT t.type FROM _type t WHERE t.type LIKE 'AWS::%' UNION VALUES ('AWS::Config::ConformancePackCompliance'), ('AWS::Config::ResourceCompliance'), ('AWS::Config::ConfigurationRecorder'), ('AWS::SSM::FileData'), ('AWS::Evidently::Launch'), ('AWS::Evidently::Project'), ('AWS::Evidently::Segment'), ('AWS::IoTAnalytics::Channel'), ('AWS::IoTAnalytics::Dataset'), ('AWS::IoTAnalytics::Datastore'), ('AWS::IoTAnalytics::Pipeline'), ('AWS::LookoutMetrics::Alert'), ('AWS::LookoutVision::Project'), ('AWS::Panorama::Package'), ('AWS::QLDB::Ledger'), ('AWS::RoboMaker::RobotApplication'), ('AWS::RoboMaker::RobotApplicationVersion'), ('AWS::RoboMaker::SimulationApplication'))
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'InvalidConfigurationRecorderNameException' AS error, 'The configuration recorder name '''' is not valid, blank string.' AS message FROM p WHERE trim(p.name) = ''
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''' || p.name || ''' at ''configurationRecorder.name'' failed to satisfy constraint: Member must have length less than or equal to 256'
    FROM p WHERE length(p.name) > 256
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''' || p.use_only || ''' at ''configurationRecorder.recordingGroup.recordingStrategy.useOnly'' failed to satisfy constraint: Member must satisfy enum value set: [INCLUSION_BY_RESOURCE_TYPES, ALL_SUPPORTED_RESOURCE_TYPES, EXCLUSION_BY_RESOURCE_TYPES]'
    FROM p WHERE p.use_only NOT IN ('INCLUSION_BY_RESOURCE_TYPES', 'ALL_SUPPORTED_RESOURCE_TYPES', 'EXCLUSION_BY_RESOURCE_TYPES')
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''[' || (SELECT group_concat(v.value, ', ') FROM json_each(p.inc) v) || ']'' at ''configurationRecorder.recordingGroup.resourceTypes'' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ['
         || (SELECT group_concat(k.type, ', ') FROM (SELECT type FROM known ORDER BY type) k) || ']]'
    FROM p WHERE EXISTS (SELECT 1 FROM json_each(p.inc) v WHERE v.value NOT IN (SELECT type FROM known))
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''[' || (SELECT group_concat(v.value, ', ') FROM json_each(p.exc) v) || ']'' at ''configurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ['
         || (SELECT group_concat(k.type, ', ') FROM (SELECT type FROM known ORDER BY type) k) || ']]'
    FROM p WHERE EXISTS (SELECT 1 FROM json_each(p.exc) v WHERE v.value NOT IN (SELECT type FROM known))
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''' || p.frequency || ''' at ''configurationRecorder.recordingMode.recordingFrequency'' failed to satisfy constraint: Member must satisfy enum value set: [DAILY, CONTINUOUS]'
    FROM p WHERE p.frequency NOT IN ('CONTINUOUS', 'DAILY')
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''' || p.overrides || ''' at ''configurationRecorder.recordingMode.recordingModeOverrides'' failed to satisfy constraint: Member must have length less than or equal to 1'
    FROM p WHERE json_array_length(p.overrides) > 1
  UNION ALL SELECT 'UnmodifiableEntityException', 'The configuration recorder ''' || p.name || ''' belongs to a service and cannot be changed.'
    FROM p WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.name = p.name AND r.principal IS NOT NULL)
  UNION ALL SELECT 'InvalidConfigurationRecorderNameException', 'The configuration recorder name ''' || p.name || ''' is not valid, the prefix AWSConfigurationRecorderFor is reserved.'
    FROM p WHERE p.name LIKE 'AWSConfigurationRecorderFor%'
  UNION ALL SELECT 'InvalidRoleException', 'The role arn passed is not valid.'
    FROM p WHERE coalesce(p.role, (SELECT r.role_arn FROM _recorder r WHERE r.name = p.name AND p.role IS NULL), '') NOT LIKE 'arn:aws%:iam::%:role/_%'
  UNION ALL SELECT 'InvalidRecordingGroupException', 'The recording group provided is not valid'
    FROM s WHERE s.grp IS NOT NULL AND (s.members = 0 OR s.strategy IS NULL
      OR s.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' AND (coalesce(s.al, 1) = 0 OR s.n_inc > 0 OR s.n_exc > 0)
      OR s.strategy = 'INCLUSION_BY_RESOURCE_TYPES' AND (s.n_inc = 0 OR coalesce(s.al, 0) = 1 OR s.globals = 1 OR s.n_exc > 0)
      OR s.strategy = 'EXCLUSION_BY_RESOURCE_TYPES' AND (s.n_exc = 0 OR coalesce(s.al, 0) = 1 OR s.globals = 1 OR s.n_inc > 0))
  UNION ALL SELECT 'ValidationException', 'The resource types [' || group_concat(v.value, ', ') || '] in recordingModeOverrides are not part of the recording group.'
    FROM s, json_each(s.overrides) o, json_each(o.value, '$.resourceTypes') v
   WHERE s.strategy = 'INCLUSION_BY_RESOURCE_TYPES' AND v.value NOT IN (SELECT i.value FROM json_each(s.inc) i)
      OR s.strategy = 'EXCLUSION_BY_RESOURCE_TYPES' AND v.value IN (SELECT i.value FROM json_each(s.exc) i)
   GROUP BY s.name
  UNION ALL SELECT 'ValidationException', 'The resource types [' || group_concat(v.value, ', ') || '] cannot be recorded with the frequency DAILY.'
    FROM s, json_each(s.overrides) o, json_each(o.value, '$.resourceTypes') v
   WHERE json_extract(o.value, '$.recordingFrequency') = 'DAILY'
     AND v.value IN ('AWS::Config::ResourceCompliance', 'AWS::Config::ConformancePackCompliance', 'AWS::Config::ConfigurationRecorder')
   GROUP BY s.name
  UNION ALL SELECT 'MaxNumberOfConfigurationRecordersExceededException', 'Failed to put configuration recorder ''' || p.name || ''' because the maximum number of configuration recorders: 1 is reached.'
    FROM p WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.principal IS NULL AND r.name <> p.name)) x
 LIMIT 1;

-- name: recorder_put_row
-- plan: scan
-- Tags are those of the first time; what is due is looked at at once.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p)
INSERT INTO _recorder(name, role_arn, strategy, globals, frequency, suffix, tags)
SELECT s.name, s.role, s.strategy, s.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' AND s.globals = 1, coalesce(s.frequency, 'CONTINUOUS'), lower(hex(randomblob(8))),
       coalesce((SELECT json_group_object(json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')) FROM json_each(s.tags) t), '{}')
  FROM s WHERE true
ON CONFLICT (name) DO UPDATE SET role_arn = coalesce(excluded.role_arn, _recorder.role_arn), strategy = excluded.strategy, globals = excluded.globals,
       frequency = excluded.frequency, next_ms = 0;

-- name: recorder_put_drop_types
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p)
DELETE FROM _recorder_type WHERE recorder = (SELECT s.name FROM s);

-- name: recorder_put_types
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p)
INSERT OR IGNORE INTO _recorder_type(recorder, type, ord)
SELECT s.name, v.value, v.key FROM s, json_each(CASE s.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN s.inc WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN s.exc ELSE '[]' END) v;

-- name: recorder_put_drop_overrides
-- plan: scan
-- Intervals are ours: the API neither shows nor takes them.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p)
DELETE FROM _recorder_override WHERE frequency IS NOT NULL AND recorder = (SELECT s.name FROM s);

-- name: recorder_put_overrides
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (
  SELECT json_extract(q.request, '$.ConfigurationRecorder') IS NOT NULL AS given,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.name'), 'default') AS name,
         json_extract(q.request, '$.ConfigurationRecorder.roleARN') AS role,
         json_type(q.request, '$.ConfigurationRecorder.recordingGroup') AS grp,
         (SELECT count(*) FROM json_each(q.request, '$.ConfigurationRecorder.recordingGroup')) AS members,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.allSupported') AS al,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.includeGlobalResourceTypes'), 0) AS globals,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.resourceTypes'), '[]') AS inc,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.exclusionByResourceTypes.resourceTypes'), '[]') AS exc,
         json_extract(q.request, '$.ConfigurationRecorder.recordingGroup.recordingStrategy.useOnly') AS use_only,
         json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingFrequency') AS frequency,
         coalesce(json_extract(q.request, '$.ConfigurationRecorder.recordingMode.recordingModeOverrides'), '[]') AS overrides,
         coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now
    FROM q),
s AS (
  SELECT p.*, json_array_length(p.inc) AS n_inc, json_array_length(p.exc) AS n_exc,
         CASE WHEN p.grp IS NULL THEN 'ALL_SUPPORTED_RESOURCE_TYPES' WHEN p.use_only IS NOT NULL THEN p.use_only WHEN p.al THEN 'ALL_SUPPORTED_RESOURCE_TYPES'
              WHEN json_array_length(p.inc) > 0 THEN 'INCLUSION_BY_RESOURCE_TYPES' END AS strategy
    FROM p)
INSERT OR REPLACE INTO _recorder_override(recorder, type, ord, frequency, note)
SELECT s.name, v.value, o.key * 1000 + v.key, json_extract(o.value, '$.recordingFrequency'), json_extract(o.value, '$.description')
  FROM s, json_each(s.overrides) o, json_each(o.value, '$.resourceTypes') v;

-- name: recorder_named_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
n AS (SELECT json_extract(q.request, '$.ConfigurationRecorderName') AS name FROM q)
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'NoSuchConfigurationRecorderException' AS error, 'The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.' AS message FROM n WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.name = n.name)
  UNION ALL SELECT 'UnmodifiableEntityException', 'The configuration recorder ''' || n.name || ''' belongs to a service and cannot be changed.'
    FROM n WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.name = n.name AND r.principal IS NOT NULL)) x
 LIMIT 1;

-- name: recorder_start_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
n AS (SELECT json_extract(q.request, '$.ConfigurationRecorderName') AS name FROM q)
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'NoSuchConfigurationRecorderException' AS error, 'The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.' AS message FROM n WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.name = n.name)
  UNION ALL SELECT 'UnmodifiableEntityException', 'The configuration recorder ''' || n.name || ''' belongs to a service and cannot be changed.'
    FROM n WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.name = n.name AND r.principal IS NOT NULL)
  UNION ALL SELECT 'NoAvailableDeliveryChannelException', 'Delivery channel is not available to start configuration recorder.' WHERE NOT EXISTS (SELECT 1 FROM _channel)) x
 LIMIT 1;

-- name: recorder_start_row
-- plan: scan
-- Idempotent.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
UPDATE _recorder SET started_ms = CASE WHEN recording THEN started_ms ELSE (SELECT q.now FROM q) END,
       status = CASE WHEN recording THEN status ELSE 'PENDING' END, status_ms = CASE WHEN recording THEN status_ms ELSE (SELECT q.now FROM q) END,
       error_code = CASE WHEN recording THEN error_code END, error = CASE WHEN recording THEN error END, recording = 1, next_ms = 0
 WHERE name = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_stop_row
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
UPDATE _recorder SET recording = 0, stopped_ms = (SELECT q.now FROM q)
 WHERE recording AND name = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_delete_types
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder_type WHERE recorder = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_delete_overrides
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder_override WHERE recorder = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_delete_tags
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder_tag WHERE recorder = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_delete_row
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder WHERE name = (SELECT json_extract(q.request, '$.ConfigurationRecorderName') FROM q);

-- name: recorder_describe_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
a AS (
  SELECT q.request, json_extract(q.request, '$.ServicePrincipal') AS principal, json_extract(q.request, '$.Arn') AS arn,
         coalesce(json_extract(q.request, '$.ConfigurationRecorderNames'), '[]') AS names FROM q),
r AS (
  SELECT k.*, 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':config:' || q.region || ':' || q.account || ':configuration-recorder/' || k.name || '/' || k.suffix AS arn
    FROM _recorder k, q, a
   WHERE CASE WHEN a.arn IS NOT NULL THEN a.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix
              WHEN a.principal IS NOT NULL THEN k.principal = a.principal
              WHEN json_array_length(a.names) > 0 THEN k.name IN (SELECT v.value FROM json_each(a.names) v)
              ELSE k.principal IS NULL END)
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'ValidationException' AS error, 'You cannot specify a service principal or an ARN together with configuration recorder names.' AS message
    FROM a WHERE json_array_length(a.names) > 0 AND (a.arn IS NOT NULL OR a.principal IS NOT NULL)
  UNION ALL SELECT 'NoSuchConfigurationRecorderException', 'Cannot find configuration recorder with the specified name ''' || v.value || '''.'
    FROM a, json_each(a.names) v WHERE v.value NOT IN (SELECT k.name FROM _recorder k)
  UNION ALL SELECT 'NoSuchConfigurationRecorderException', 'The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.' FROM a WHERE a.arn IS NOT NULL AND NOT EXISTS (SELECT 1 FROM r)
  UNION ALL SELECT 'NoSuchConfigurationRecorderException', 'Cannot find a service-linked configuration recorder for the service principal ''' || a.principal || '''.'
    FROM a WHERE a.arn IS NULL AND a.principal IS NOT NULL AND NOT EXISTS (SELECT 1 FROM r)) x
 LIMIT 1;

-- name: recorder_describe_answer
-- plan: scan
-- Programs count on a role. A recorder that has none is shown with the one that AWS Config has where nobody gave it another.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
a AS (
  SELECT q.request, json_extract(q.request, '$.ServicePrincipal') AS principal, json_extract(q.request, '$.Arn') AS arn,
         coalesce(json_extract(q.request, '$.ConfigurationRecorderNames'), '[]') AS names FROM q),
r AS (
  SELECT k.*, 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':config:' || q.region || ':' || q.account || ':configuration-recorder/' || k.name || '/' || k.suffix AS arn
    FROM _recorder k, q, a
   WHERE CASE WHEN a.arn IS NOT NULL THEN a.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix
              WHEN a.principal IS NOT NULL THEN k.principal = a.principal
              WHEN json_array_length(a.names) > 0 THEN k.name IN (SELECT v.value FROM json_each(a.names) v)
              ELSE k.principal IS NULL END)
SELECT json_object('ConfigurationRecorders', json((SELECT json_group_array(json(b.body)) FROM (
  SELECT json_patch('{}', json_object('arn', r.arn, 'name', r.name, 'roleARN', coalesce(r.role_arn, (SELECT 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':iam::' || q.account || ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig' FROM q)),
         'recordingGroup', json_object(
           'allSupported', json(CASE r.strategy WHEN 'ALL_SUPPORTED_RESOURCE_TYPES' THEN 'true' ELSE 'false' END),
           'includeGlobalResourceTypes', json(CASE WHEN r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' AND r.globals THEN 'true' ELSE 'false' END),
           'resourceTypes', json(CASE r.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN (SELECT json_group_array(l.type) FROM (
             SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT GLOB '*[*?[]*'
             UNION SELECT y.type FROM _recorder_type t JOIN _type y ON y.type GLOB t.type AND y.type LIKE 'AWS::%' WHERE t.recorder = r.name ORDER BY 1) l) ELSE '[]' END),
           'exclusionByResourceTypes', json_object('resourceTypes', json(CASE r.strategy WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN (SELECT json_group_array(l.type) FROM (
             SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT GLOB '*[*?[]*'
             UNION SELECT y.type FROM _recorder_type t JOIN _type y ON y.type GLOB t.type AND y.type LIKE 'AWS::%' WHERE t.recorder = r.name ORDER BY 1) l) ELSE '[]' END)),
           'recordingStrategy', json_object('useOnly', r.strategy)),
         'recordingMode', json_object('recordingFrequency', r.frequency,
           'recordingModeOverrides', json((SELECT json_group_array(json(o.said)) FROM (
              SELECT json_patch('{}', json_object('description', v.note, 'resourceTypes', json(json_group_array(v.type)), 'recordingFrequency', v.frequency)) AS said
                FROM (SELECT x.note, x.frequency, x.type FROM _recorder_override x WHERE x.recorder = r.name AND x.frequency IS NOT NULL ORDER BY x.ord) v
               GROUP BY v.note, v.frequency ORDER BY v.frequency, v.note) o))),
         'recordingScope', r.scope, 'servicePrincipal', r.principal)) AS body
    FROM r ORDER BY r.name) b))) AS body;

-- name: recorder_status_answer
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
a AS (
  SELECT q.request, json_extract(q.request, '$.ServicePrincipal') AS principal, json_extract(q.request, '$.Arn') AS arn,
         coalesce(json_extract(q.request, '$.ConfigurationRecorderNames'), '[]') AS names FROM q),
r AS (
  SELECT k.*, 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':config:' || q.region || ':' || q.account || ':configuration-recorder/' || k.name || '/' || k.suffix AS arn
    FROM _recorder k, q, a
   WHERE CASE WHEN a.arn IS NOT NULL THEN a.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix
              WHEN a.principal IS NOT NULL THEN k.principal = a.principal
              WHEN json_array_length(a.names) > 0 THEN k.name IN (SELECT v.value FROM json_each(a.names) v)
              ELSE k.principal IS NULL END)
SELECT json_object('ConfigurationRecordersStatus', json((SELECT json_group_array(json(b.body)) FROM (
  SELECT json_patch('{}', json_object('arn', r.arn, 'name', r.name, 'lastStartTime', r.started_ms / 1000.0, 'lastStopTime', r.stopped_ms / 1000.0,
           'recording', json(CASE r.recording WHEN 1 THEN 'true' ELSE 'false' END), 'lastStatus', r.status, 'lastErrorCode', r.error_code, 'lastErrorMessage', r.error,
           'lastStatusChangeTime', CASE WHEN r.status IS NOT NULL THEN r.status_ms / 1000.0 END, 'servicePrincipal', r.principal)) AS body
    FROM r ORDER BY r.name) b))) AS body;

-- name: recorder_list_answer
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
SELECT json_object('ConfigurationRecorderSummaries', json((SELECT json_group_array(json(b.body)) FROM (
  SELECT json_patch('{}', json_object('arn', 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':config:' || q.region || ':' || q.account || ':configuration-recorder/' || r.name || '/' || r.suffix, 'name', r.name, 'servicePrincipal', r.principal, 'recordingScope', r.scope)) AS body
    FROM _recorder r, q
   WHERE NOT EXISTS (SELECT 1 FROM json_each(q.request, '$.Filters') f WHERE json_extract(f.value, '$.filterName') = 'recordingScope'
                        AND r.scope NOT IN (SELECT v.value FROM json_each(f.value, '$.filterValue') v))
   ORDER BY r.name) b))) AS body;

-- name: recorder_associate_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix),
known(type) AS (SELECT t.type FROM _type t WHERE t.type LIKE 'AWS::%' UNION VALUES ('AWS::Config::ConformancePackCompliance'), ('AWS::Config::ResourceCompliance'), ('AWS::Config::ConfigurationRecorder'), ('AWS::SSM::FileData'), ('AWS::Evidently::Launch'), ('AWS::Evidently::Project'), ('AWS::Evidently::Segment'), ('AWS::IoTAnalytics::Channel'), ('AWS::IoTAnalytics::Dataset'), ('AWS::IoTAnalytics::Datastore'), ('AWS::IoTAnalytics::Pipeline'), ('AWS::LookoutMetrics::Alert'), ('AWS::LookoutVision::Project'), ('AWS::Panorama::Package'), ('AWS::QLDB::Ledger'), ('AWS::RoboMaker::RobotApplication'), ('AWS::RoboMaker::RobotApplicationVersion'), ('AWS::RoboMaker::SimulationApplication'))
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'NoSuchConfigurationRecorderException' AS error, 'The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.' AS message WHERE NOT EXISTS (SELECT 1 FROM r)
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''[' || (SELECT group_concat(v.value, ', ') FROM json_each(p.types) v) || ']'' at ''resourceTypes'' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ['
         || (SELECT group_concat(k.type, ', ') FROM (SELECT type FROM known ORDER BY type) k) || ']]'
    FROM p WHERE EXISTS (SELECT 1 FROM json_each(p.types) v WHERE v.value NOT IN (SELECT type FROM known))
  UNION ALL SELECT 'ValidationException', 'The configuration recorder must use the recording strategy INCLUSION_BY_RESOURCE_TYPES or EXCLUSION_BY_RESOURCE_TYPES.'
    FROM r WHERE r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES'
  UNION ALL SELECT 'ValidationException', 'The recording group provided is not valid' FROM r, p WHERE r.strategy = 'EXCLUSION_BY_RESOURCE_TYPES' AND r.principal IS NULL
     AND NOT EXISTS (SELECT 1 FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT IN (SELECT v.value FROM json_each(p.types) v))) x
 LIMIT 1;

-- name: recorder_disassociate_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix),
known(type) AS (SELECT t.type FROM _type t WHERE t.type LIKE 'AWS::%' UNION VALUES ('AWS::Config::ConformancePackCompliance'), ('AWS::Config::ResourceCompliance'), ('AWS::Config::ConfigurationRecorder'), ('AWS::SSM::FileData'), ('AWS::Evidently::Launch'), ('AWS::Evidently::Project'), ('AWS::Evidently::Segment'), ('AWS::IoTAnalytics::Channel'), ('AWS::IoTAnalytics::Dataset'), ('AWS::IoTAnalytics::Datastore'), ('AWS::IoTAnalytics::Pipeline'), ('AWS::LookoutMetrics::Alert'), ('AWS::LookoutVision::Project'), ('AWS::Panorama::Package'), ('AWS::QLDB::Ledger'), ('AWS::RoboMaker::RobotApplication'), ('AWS::RoboMaker::RobotApplicationVersion'), ('AWS::RoboMaker::SimulationApplication'))
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'NoSuchConfigurationRecorderException' AS error, 'The name of the configuration recorder you entered cannot be found. Verify the configuration recorder name, and try again.' AS message WHERE NOT EXISTS (SELECT 1 FROM r)
  UNION ALL SELECT 'ValidationException', '1 validation error detected: Value ''[' || (SELECT group_concat(v.value, ', ') FROM json_each(p.types) v) || ']'' at ''resourceTypes'' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: ['
         || (SELECT group_concat(k.type, ', ') FROM (SELECT type FROM known ORDER BY type) k) || ']]'
    FROM p WHERE EXISTS (SELECT 1 FROM json_each(p.types) v WHERE v.value NOT IN (SELECT type FROM known))
  UNION ALL SELECT 'ValidationException', 'The configuration recorder must use the recording strategy INCLUSION_BY_RESOURCE_TYPES or EXCLUSION_BY_RESOURCE_TYPES.'
    FROM r WHERE r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES'
  UNION ALL SELECT 'ValidationException', 'The recording group provided is not valid' FROM r, p WHERE r.strategy = 'INCLUSION_BY_RESOURCE_TYPES' AND r.principal IS NULL
     AND NOT EXISTS (SELECT 1 FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT IN (SELECT v.value FROM json_each(p.types) v))) x
 LIMIT 1;

-- name: recorder_associate_add
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix)
INSERT OR IGNORE INTO _recorder_type(recorder, type, ord)
SELECT r.name, v.value, 1000 + coalesce((SELECT max(t.ord) FROM _recorder_type t WHERE t.recorder = r.name), 0) + v.key
  FROM r, p, json_each(p.types) v WHERE r.strategy = 'INCLUSION_BY_RESOURCE_TYPES';

-- name: recorder_associate_remove
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix)
DELETE FROM _recorder_type WHERE recorder = (SELECT r.name FROM r WHERE r.strategy = 'EXCLUSION_BY_RESOURCE_TYPES') AND type IN (SELECT v.value FROM p, json_each(p.types) v);

-- name: recorder_disassociate_add
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix)
INSERT OR IGNORE INTO _recorder_type(recorder, type, ord)
SELECT r.name, v.value, 1000 + coalesce((SELECT max(t.ord) FROM _recorder_type t WHERE t.recorder = r.name), 0) + v.key
  FROM r, p, json_each(p.types) v WHERE r.strategy = 'EXCLUSION_BY_RESOURCE_TYPES';

-- name: recorder_disassociate_remove
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn, coalesce(json_extract(q.request, '$.ResourceTypes'), '[]') AS types FROM q),
r AS (SELECT k.* FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix)
DELETE FROM _recorder_type WHERE recorder = (SELECT r.name FROM r WHERE r.strategy = 'INCLUSION_BY_RESOURCE_TYPES') AND type IN (SELECT v.value FROM p, json_each(p.types) v);

-- name: recorder_associate_wake
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
UPDATE _recorder SET next_ms = 0 WHERE principal IS NULL AND (SELECT q.now FROM q) IS NOT NULL;

-- name: recorder_associated_answer
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ConfigurationRecorderArn') AS arn FROM q),
r AS (SELECT k.*, p.arn AS arn FROM _recorder k, p WHERE p.arn LIKE '%:configuration-recorder/' || k.name || '/' || k.suffix)
SELECT json_object('ConfigurationRecorder', json(json_patch('{}', json_object('arn', r.arn, 'name', r.name, 'roleARN', coalesce(r.role_arn, (SELECT 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':iam::' || q.account || ':role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig' FROM q)),
         'recordingGroup', json_object(
           'allSupported', json(CASE r.strategy WHEN 'ALL_SUPPORTED_RESOURCE_TYPES' THEN 'true' ELSE 'false' END),
           'includeGlobalResourceTypes', json(CASE WHEN r.strategy = 'ALL_SUPPORTED_RESOURCE_TYPES' AND r.globals THEN 'true' ELSE 'false' END),
           'resourceTypes', json(CASE r.strategy WHEN 'INCLUSION_BY_RESOURCE_TYPES' THEN (SELECT json_group_array(l.type) FROM (
             SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT GLOB '*[*?[]*'
             UNION SELECT y.type FROM _recorder_type t JOIN _type y ON y.type GLOB t.type AND y.type LIKE 'AWS::%' WHERE t.recorder = r.name ORDER BY 1) l) ELSE '[]' END),
           'exclusionByResourceTypes', json_object('resourceTypes', json(CASE r.strategy WHEN 'EXCLUSION_BY_RESOURCE_TYPES' THEN (SELECT json_group_array(l.type) FROM (
             SELECT t.type FROM _recorder_type t WHERE t.recorder = r.name AND t.type NOT GLOB '*[*?[]*'
             UNION SELECT y.type FROM _recorder_type t JOIN _type y ON y.type GLOB t.type AND y.type LIKE 'AWS::%' WHERE t.recorder = r.name ORDER BY 1) l) ELSE '[]' END)),
           'recordingStrategy', json_object('useOnly', r.strategy)),
         'recordingMode', json_object('recordingFrequency', r.frequency,
           'recordingModeOverrides', json((SELECT json_group_array(json(o.said)) FROM (
              SELECT json_patch('{}', json_object('description', v.note, 'resourceTypes', json(json_group_array(v.type)), 'recordingFrequency', v.frequency)) AS said
                FROM (SELECT x.note, x.frequency, x.type FROM _recorder_override x WHERE x.recorder = r.name AND x.frequency IS NOT NULL ORDER BY x.ord) v
               GROUP BY v.note, v.frequency ORDER BY v.frequency, v.note) o))),
         'recordingScope', r.scope, 'servicePrincipal', r.principal)))) AS body FROM r;

-- name: recorder_link_refuse
-- plan: scan
-- Which services have one is theirs to say: any of AWS is taken.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT coalesce(json_extract(q.request, '$.ServicePrincipal'), '') AS principal FROM q)
SELECT x.error AS error, x.message AS message FROM (
  SELECT 'ValidationException' AS error, 'The service principal ''' || p.principal || ''' is not valid.' AS message
    FROM p WHERE p.principal NOT GLOB '[a-z]*.amazonaws.com' OR replace(p.principal, '.amazonaws.com', '') GLOB '*[^a-z0-9.-]*'
  UNION ALL SELECT 'ConflictException', 'The service-linked configuration recorder for the service principal ''' || p.principal || ''' already exists.'
    FROM p WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.principal = p.principal)) x
 LIMIT 1;

-- name: recorder_link_row
-- plan: scan
-- It records from now on; what, its service says by the types that it associates.
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now),
p AS (SELECT json_extract(q.request, '$.ServicePrincipal') AS principal, coalesce(json_extract(q.request, '$.Tags'), '[]') AS tags, q.now AS now FROM q)
INSERT INTO _recorder(name, strategy, globals, scope, principal, suffix, tags, recording, started_ms, status, status_ms)
SELECT 'AWSConfigurationRecorderFor' || upper(substr(w.word, 1, 1)) || substr(w.word, 2), 'INCLUSION_BY_RESOURCE_TYPES', 0, 'INTERNAL', p.principal, lower(hex(randomblob(8))),
       coalesce((SELECT json_group_object(json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')) FROM json_each(p.tags) t), '{}'),
       1, p.now, 'SUCCESS', p.now
  FROM p, (SELECT replace(replace(replace(principal, '.amazonaws.com', ''), '.', ''), '-', '') AS word FROM p) w;

-- name: recorder_linked_answer
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
SELECT json_object('Arn', 'arn:' || CASE WHEN q.region LIKE 'cn-%' THEN 'aws-cn' WHEN q.region LIKE 'us-gov-%' THEN 'aws-us-gov' ELSE 'aws' END || ':config:' || q.region || ':' || q.account || ':configuration-recorder/' || r.name || '/' || r.suffix, 'Name', r.name) AS body
  FROM _recorder r, q WHERE r.principal = json_extract(q.request, '$.ServicePrincipal');

-- name: recorder_unlink_refuse
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
SELECT 'NoSuchConfigurationRecorderException' AS error, 'Cannot find a service-linked configuration recorder for the service principal ''' || coalesce(json_extract(q.request, '$.ServicePrincipal'), '') || '''.' AS message
  FROM q WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.principal = json_extract(q.request, '$.ServicePrincipal'));

-- name: recorder_unlink_types
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder_type WHERE recorder IN (SELECT r.name FROM _recorder r, q WHERE r.principal = json_extract(q.request, '$.ServicePrincipal'));

-- name: recorder_unlink_overrides
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder_override WHERE recorder IN (SELECT r.name FROM _recorder r, q WHERE r.principal = json_extract(q.request, '$.ServicePrincipal'));

-- name: recorder_unlink_row
-- plan: scan
WITH q(request, account, region, now) AS (SELECT :request, :account, :region, :now)
DELETE FROM _recorder WHERE principal = (SELECT json_extract(q.request, '$.ServicePrincipal') FROM q);
