-- What is done about resources that are not compliant: spec sections 6.9 and 8.8. What carries it out takes rows of
-- _remediation_execution that are QUEUED.

-- name: op_PutRemediationConfigurations_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'The ConfigRule ''' || json_extract(c.value, '$.ConfigRuleName') || ''' appears more than once in the request.' AS message
  FROM json_each(:request, '$.RemediationConfigurations') c GROUP BY json_extract(c.value, '$.ConfigRuleName') HAVING count(*) > 1
UNION ALL
SELECT 'InvalidParameterValueException', 'The remediation parameter ''' || p.key || ''' must have either a StaticValue or a ResourceValue.'
  FROM json_each(:request, '$.RemediationConfigurations') c, json_each(c.value, '$.Parameters') p
 WHERE (json_type(p.value, '$.StaticValue') IS NULL) = (json_type(p.value, '$.ResourceValue') IS NULL)
UNION ALL
SELECT 'InvalidParameterValueException', 'The ConfigRule ''' || json_extract(c.value, '$.ConfigRuleName') || ''' provided in the request is invalid. Please check the configRule name'
  FROM json_each(:request, '$.RemediationConfigurations') c
 WHERE NOT EXISTS (SELECT 1 FROM _config_rule r WHERE r.account = :account AND r.region = :region AND r.name = json_extract(c.value, '$.ConfigRuleName'))
UNION ALL
SELECT 'InsufficientPermissionsException', 'The remediation of the rule ''' || r.name || ''' belongs to ' || r.created_by || '. You do not have permissions to change it.'
  FROM json_each(:request, '$.RemediationConfigurations') c
  JOIN _config_rule r ON r.account = :account AND r.region = :region AND r.name = json_extract(c.value, '$.ConfigRuleName')
 WHERE r.created_by IS NOT NULL;

-- name: op_PutRemediationConfigurations_write
-- plan: scan
INSERT INTO _remediation(account, region, rule, arn, target_type, target_id, target_version, parameters, resource_type, automatic, controls, attempts, retry_s,
                         changed_ms)
SELECT :account, :region, json_extract(c.value, '$.ConfigRuleName'),
       config_arn(:region, :account, 'remediation-configuration/' || json_extract(c.value, '$.ConfigRuleName') || '/' || uuid()),
       json_extract(c.value, '$.TargetType'), json_extract(c.value, '$.TargetId'), json_extract(c.value, '$.TargetVersion'),
       json_extract(c.value, '$.Parameters'), json_extract(c.value, '$.ResourceType'), coalesce(json_extract(c.value, '$.Automatic'), 0),
       json_extract(c.value, '$.ExecutionControls'),
       coalesce(json_extract(c.value, '$.MaximumAutomaticAttempts'), CASE WHEN json_extract(c.value, '$.Automatic') THEN 5 END),
       coalesce(json_extract(c.value, '$.RetryAttemptSeconds'), CASE WHEN json_extract(c.value, '$.Automatic') THEN 60 END), :now_ms
  FROM json_each(:request, '$.RemediationConfigurations') c WHERE true
ON CONFLICT (account, region, rule) DO UPDATE
   SET target_type = excluded.target_type, target_id = excluded.target_id, target_version = excluded.target_version, parameters = excluded.parameters,
       resource_type = excluded.resource_type, automatic = excluded.automatic, controls = excluded.controls, attempts = excluded.attempts,
       retry_s = excluded.retry_s, changed_ms = excluded.changed_ms;

-- name: op_PutRemediationConfigurations_answer
-- All of them, or none.
SELECT '{"FailedBatches":[]}' AS body;

-- name: op_DescribeRemediationConfigurations_answer
-- plan: scan
SELECT json_object('RemediationConfigurations', json_group_array(json(c.body))) AS body
  FROM (SELECT json_object('ConfigRuleName', m.rule, 'TargetType', m.target_type, 'TargetId', m.target_id, 'TargetVersion', m.target_version,
                           'Parameters', json(m.parameters), 'ResourceType', m.resource_type, 'Automatic', m.automatic, 'ExecutionControls', json(m.controls),
                           'MaximumAutomaticAttempts', m.attempts, 'RetryAttemptSeconds', m.retry_s, 'Arn', m.arn, 'CreatedByService', m.created_by) AS body
          FROM _remediation m
         WHERE m.account = :account AND m.region = :region AND m.rule IN (SELECT n.value FROM json_each(:request, '$.ConfigRuleNames') n)
         ORDER BY m.rule) c;

-- name: op_DeleteRemediationConfiguration_refuse
SELECT 'NoSuchRemediationConfigurationException' AS error,
       'No RemediationConfiguration for rule ' || json_extract(:request, '$.ConfigRuleName') || ' exists' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _remediation m
                    WHERE m.account = :account AND m.region = :region AND m.rule = json_extract(:request, '$.ConfigRuleName')
                      AND coalesce(json_extract(:request, '$.ResourceType'), m.resource_type, '') = coalesce(m.resource_type, ''))
UNION ALL
SELECT 'InsufficientPermissionsException', 'The remediation of the rule ''' || m.rule || ''' belongs to ' || m.created_by || '. You do not have permissions to change it.'
  FROM _remediation m
 WHERE m.account = :account AND m.region = :region AND m.rule = json_extract(:request, '$.ConfigRuleName') AND m.created_by IS NOT NULL
UNION ALL
SELECT 'RemediationInProgressException', 'The remediation of the rule ''' || json_extract(:request, '$.ConfigRuleName') || ''' is in progress. Please retry after some time'
 WHERE EXISTS (SELECT 1 FROM _remediation_execution x
                WHERE x.account = :account AND x.region = :region AND x.rule = json_extract(:request, '$.ConfigRuleName') AND x.state = 'IN_PROGRESS');

-- name: op_DeleteRemediationConfiguration_write
DELETE FROM _remediation WHERE account = :account AND region = :region AND rule = json_extract(:request, '$.ConfigRuleName');

-- name: op_PutRemediationExceptions_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'The ConfigRule ''' || json_extract(:request, '$.ConfigRuleName') || ''' provided in the request is invalid. Please check the configRule name' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _config_rule r WHERE r.account = :account AND r.region = :region AND r.name = json_extract(:request, '$.ConfigRuleName'))
UNION ALL
SELECT 'InvalidParameterValueException', 'Each of the ResourceKeys needs a ResourceType and a ResourceId.'
  FROM json_each(:request, '$.ResourceKeys') k WHERE json_extract(k.value, '$.ResourceType') IS NULL OR json_extract(k.value, '$.ResourceId') IS NULL
UNION ALL
SELECT 'InvalidParameterValueException', 'The ExpirationTime must be in the future.'
 WHERE json_extract(:request, '$.ExpirationTime') * 1000 <= :now_ms;

-- name: op_PutRemediationExceptions_write
-- plan: scan
INSERT INTO _remediation_exception(account, region, rule, type, id, message, expires_ms)
SELECT :account, :region, json_extract(:request, '$.ConfigRuleName'), json_extract(k.value, '$.ResourceType'), json_extract(k.value, '$.ResourceId'),
       json_extract(:request, '$.Message'),
       -- What is too far away is never.
       coalesce(CAST(min(json_extract(:request, '$.ExpirationTime') * 1000, 253402300799000) AS INTEGER), 253402300799000)
  FROM json_each(:request, '$.ResourceKeys') k WHERE true
ON CONFLICT (account, region, rule, type, id) DO UPDATE SET message = excluded.message, expires_ms = excluded.expires_ms;

-- name: op_PutRemediationExceptions_write_2
-- Those that are over.
DELETE FROM _remediation_exception
 WHERE account = :account AND region = :region AND rule = json_extract(:request, '$.ConfigRuleName') AND expires_ms <= :now_ms;

-- name: op_PutRemediationExceptions_answer
SELECT '{"FailedBatches":[]}' AS body;

-- name: op_DescribeRemediationExceptions_list
SELECT json_object('ConfigRuleName', x.rule, 'ResourceType', x.type, 'ResourceId', x.id, 'Message', x.message,
                   'ExpirationTime', CASE WHEN x.expires_ms < 253402300799000 THEN x.expires_ms / 1000.0 END) AS element, json_array(x.type, x.id) AS after
  FROM _remediation_exception x
 WHERE x.account = :account AND x.region = :region AND x.rule = json_extract(:request, '$.ConfigRuleName') AND x.expires_ms > :now_ms
   AND (x.type, x.id) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''))
   AND (json_type(:request, '$.ResourceKeys') IS NULL
        OR EXISTS (SELECT 1 FROM json_each(:request, '$.ResourceKeys') k
                    WHERE json_extract(k.value, '$.ResourceType') = x.type AND json_extract(k.value, '$.ResourceId') = x.id))
 ORDER BY x.type, x.id LIMIT :limit;

-- name: op_DeleteRemediationExceptions_refuse
-- plan: scan
SELECT 'NoSuchRemediationExceptionException' AS error, 'There are no remediation exceptions of the rule ' || json_extract(:request, '$.ConfigRuleName') || ' for the resources of the request' AS message
 WHERE NOT EXISTS (SELECT 1 FROM json_each(:request, '$.ResourceKeys') k
                     JOIN _remediation_exception x ON x.account = :account AND x.region = :region AND x.rule = json_extract(:request, '$.ConfigRuleName')
                                                  AND x.type = json_extract(k.value, '$.ResourceType') AND x.id = json_extract(k.value, '$.ResourceId')
                    WHERE x.expires_ms > :now_ms);

-- name: op_DeleteRemediationExceptions_write
-- Those that are over, and what the next statement left here the last time.
DELETE FROM _remediation_exception
 WHERE account = :account AND region = :region AND rule = json_extract(:request, '$.ConfigRuleName') AND expires_ms <= :now_ms;

-- name: op_DeleteRemediationExceptions_write_2
-- They are over, and stay so that the answer can tell which there were.
UPDATE _remediation_exception SET expires_ms = 0
 WHERE account = :account AND region = :region AND rule = json_extract(:request, '$.ConfigRuleName')
   AND EXISTS (SELECT 1 FROM json_each(:request, '$.ResourceKeys') k
                WHERE json_extract(k.value, '$.ResourceType') = _remediation_exception.type AND json_extract(k.value, '$.ResourceId') = _remediation_exception.id);

-- name: op_DeleteRemediationExceptions_answer
-- plan: scan
SELECT json_object('FailedBatches', CASE WHEN count(f.value) = 0 THEN json('[]')
         ELSE json_array(json_object('FailureMessage', 'There is no remediation exception for these resources', 'FailedItems', json_group_array(json(f.value)))) END) AS body
  FROM (SELECT k.value AS value FROM json_each(:request, '$.ResourceKeys') k
         WHERE NOT EXISTS (SELECT 1 FROM _remediation_exception x
                            WHERE x.account = :account AND x.region = :region AND x.rule = json_extract(:request, '$.ConfigRuleName')
                              AND x.type = json_extract(k.value, '$.ResourceType') AND x.id = json_extract(k.value, '$.ResourceId') AND x.expires_ms = 0)
         ORDER BY k.key) f;

-- name: op_StartRemediationExecution_refuse
SELECT 'NoSuchRemediationConfigurationException' AS error,
       'No RemediationConfiguration for rule ' || json_extract(:request, '$.ConfigRuleName') || ' exists' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _remediation m WHERE m.account = :account AND m.region = :region AND m.rule = json_extract(:request, '$.ConfigRuleName'));

-- name: op_StartRemediationExecution_write
-- plan: scan
-- One that waits already will do.
INSERT INTO _remediation_execution(account, region, rule, rid, invoked_ms, updated_ms)
SELECT DISTINCT f.account, f.region, f.rule, f.rid, :now_ms, :now_ms
  FROM json_each(:request, '$.ResourceKeys') k
  JOIN _resource r ON r.type = json_extract(k.value, '$.resourceType') AND r.account = :account AND r.region IN (:region, 'global')
                  AND r.id = json_extract(k.value, '$.resourceId')
  JOIN _finding f ON f.account = :account AND f.region = :region AND f.rule = json_extract(:request, '$.ConfigRuleName') AND f.rid = r.rid
 WHERE f.result <> 'NOT_APPLICABLE'
   AND NOT EXISTS (SELECT 1 FROM _remediation_execution x
                    WHERE x.account = :account AND x.region = :region AND x.rule = f.rule AND x.rid = f.rid AND x.state IN ('QUEUED', 'IN_PROGRESS'));

-- name: op_StartRemediationExecution_answer
-- plan: scan
SELECT CASE WHEN count(f.value) > 0
       THEN json_object('FailureMessage', 'There are no evaluation results of the rule for these resources', 'FailedItems', json_group_array(json(f.value)))
       ELSE '{}' END AS body
  FROM (SELECT k.value AS value FROM json_each(:request, '$.ResourceKeys') k
         WHERE NOT EXISTS (SELECT 1 FROM _resource r
                             JOIN _finding f ON f.account = :account AND f.region = :region AND f.rule = json_extract(:request, '$.ConfigRuleName') AND f.rid = r.rid
                            WHERE r.type = json_extract(k.value, '$.resourceType') AND r.account = :account AND r.region IN (:region, 'global')
                              AND r.id = json_extract(k.value, '$.resourceId') AND f.result <> 'NOT_APPLICABLE')
         ORDER BY k.key) f;

-- name: op_DescribeRemediationExecutionStatus_refuse
SELECT 'NoSuchRemediationConfigurationException' AS error,
       'No RemediationConfiguration for rule ' || json_extract(:request, '$.ConfigRuleName') || ' exists' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _remediation m WHERE m.account = :account AND m.region = :region AND m.rule = json_extract(:request, '$.ConfigRuleName'));

-- name: op_DescribeRemediationExecutionStatus_list
-- The newest of each resource.
SELECT json_object('ResourceKey', json_object('resourceType', r.type, 'resourceId', r.id), 'State', x.state, 'StepDetails', json(x.steps),
                   'InvocationTime', x.invoked_ms / 1000.0, 'LastUpdatedTime', x.updated_ms / 1000.0) AS element, x.rid AS after
  FROM _remediation_execution x CROSS JOIN _resource r ON r.rid = x.rid
 WHERE x.account = :account AND x.region = :region AND x.rule = json_extract(:request, '$.ConfigRuleName')
   AND x.rid > coalesce(CAST(:after AS INTEGER), 0)
   AND NOT EXISTS (SELECT 1 FROM _remediation_execution y
                    WHERE y.account = x.account AND y.region = x.region AND y.rule = x.rule AND y.rid = x.rid AND y.execution_id > x.execution_id)
   AND (json_type(:request, '$.ResourceKeys') IS NULL
        OR EXISTS (SELECT 1 FROM json_each(:request, '$.ResourceKeys') k
                    WHERE json_extract(k.value, '$.resourceType') = r.type AND json_extract(k.value, '$.resourceId') = r.id))
 ORDER BY x.rid LIMIT :limit;
