-- Conformance packs: spec sections 6.9 and 8.9. Templates are read by api/pack_template.h; a pack and its rules are made by
-- api/packs.c in one transaction.

-- name: op_PutConformancePack_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'Exactly one of TemplateBody, TemplateS3Uri, TemplateSSMDocumentDetails and Source must be given.' AS message
 WHERE (json_type(:request, '$.TemplateBody') IS NOT NULL) + (json_type(:request, '$.TemplateS3Uri') IS NOT NULL)
       + (json_type(:request, '$.TemplateSSMDocumentDetails') IS NOT NULL) + (json_type(:request, '$.Source') IS NOT NULL) <> 1
UNION ALL
SELECT 'InvalidParameterValueException', 'The template can only be given as TemplateBody here: it is fetched neither from S3 nor from Systems Manager, and there are no managed packs.'
 WHERE json_type(:request, '$.TemplateBody') IS NULL
UNION ALL
SELECT 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'ResourceInUseException', 'The conformance pack ' || p.name || ' belongs to ' || p.created_by || '. You do not have permissions to change it.'
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName') AND p.created_by IS NOT NULL
UNION ALL
SELECT 'ResourceInUseException', 'The conformance pack ' || p.name || ' is in the state ' || p.state || '. Please retry after some time'
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName') AND p.state LIKE '%_IN_PROGRESS'
UNION ALL
SELECT 'MaxNumberOfConformancePacksExceededException', 'Failed to put conformance pack ''' || json_extract(:request, '$.ConformancePackName') || ''' because the maximum number of conformance packs: 50 is reached.'
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName'))
   AND (SELECT count(*) FROM _conformance_pack p WHERE p.account = :account AND p.region = :region) >= 50;

-- name: op_PutConformancePack_write
-- Tags are for what is new.
INSERT INTO _service_tag(arn, key, value)
SELECT p.arn, json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM _conformance_pack p JOIN json_each(:request, '$.Tags') t
 WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName') AND p.revision = 1;

-- name: op_PutConformancePack_answer
SELECT json_object('ConformancePackArn', p.arn) AS body
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName');

-- name: op_DeleteConformancePack_refuse
SELECT 'NoSuchConformancePackException' AS error, 'The conformance pack ''' || json_extract(:request, '$.ConformancePackName') || ''' provided in the request is invalid. Please check the conformance pack name' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName'))
UNION ALL
SELECT 'ResourceInUseException', 'The conformance pack ' || p.name || ' belongs to ' || p.created_by || '. You do not have permissions to change it.'
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName') AND p.created_by IS NOT NULL
UNION ALL
SELECT 'ResourceInUseException', 'The conformance pack ' || p.name || ' is in the state ' || p.state || '. Please retry after some time'
  FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName') AND p.state LIKE '%_IN_PROGRESS'
UNION ALL
SELECT 'ResourceInUseException', 'A remediation of the conformance pack ' || m.pack || ' is in progress. Please retry after some time'
  FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName')
   AND EXISTS (SELECT 1 FROM _remediation_execution x WHERE x.account = :account AND x.region = :region AND x.rule = m.rule AND x.state = 'IN_PROGRESS');

-- name: op_DeleteConformancePack_write
-- Verdicts of its rules end; what they found stays in the history.
UPDATE _config_rule SET state = 'DELETING', state_ms = :now_ms
 WHERE account = :account AND region = :region
   AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName'));

-- name: op_DeleteConformancePack_write_2
DELETE FROM _config_rule
 WHERE account = :account AND region = :region
   AND name IN (SELECT m.rule FROM _pack_rule m WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName'));

-- name: op_DeleteConformancePack_write_3
DELETE FROM _conformance_pack WHERE account = :account AND region = :region AND name = json_extract(:request, '$.ConformancePackName');

-- name: op_DescribeConformancePacks_refuse
-- plan: scan
SELECT 'NoSuchConformancePackException' AS error, 'The conformance pack ''' || n.value || ''' provided in the request is invalid. Please check the conformance pack name' AS message
  FROM json_each(:request, '$.ConformancePackNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = n.value)
 ORDER BY n.key;

-- name: op_DescribeConformancePacks_list
-- There are none but custom ones.
SELECT json_object('ConformancePackName', p.name, 'ConformancePackArn', p.arn, 'ConformancePackId', p.pack_id, 'DeliveryS3Bucket', p.bucket,
                   'DeliveryS3KeyPrefix', p.prefix, 'ConformancePackInputParameters', json(p.inputs), 'LastUpdateRequestedTime', p.requested_ms / 1000.0,
                   'CreatedBy', p.created_by, 'Scope', json(p.scope), 'Type', 'CUSTOM') AS element, p.name AS after
  FROM _conformance_pack p
 WHERE p.account = :account AND p.region = :region AND p.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.ConformancePackNames'), 0) = 0 OR p.name IN (SELECT n.value FROM json_each(:request, '$.ConformancePackNames') n))
   AND (json_type(:request, '$.Filters.Types') IS NULL OR 'CUSTOM' IN (SELECT n.value FROM json_each(:request, '$.Filters.Types') n))
 ORDER BY p.name LIMIT :limit;

-- name: op_DescribeConformancePackStatus_list
-- Names that are not there are passed over.
SELECT json_object('ConformancePackName', p.name, 'ConformancePackId', p.pack_id, 'ConformancePackArn', p.arn, 'ConformancePackState', p.state,
                   'StackArn', p.arn, 'ConformancePackStatusReason', p.reason, 'LastUpdateRequestedTime', p.requested_ms / 1000.0,
                   'LastUpdateCompletedTime', p.completed_ms / 1000.0, 'Type', 'CUSTOM') AS element, p.name AS after
  FROM _conformance_pack p
 WHERE p.account = :account AND p.region = :region AND p.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.ConformancePackNames'), 0) = 0 OR p.name IN (SELECT n.value FROM json_each(:request, '$.ConformancePackNames') n))
   AND (json_type(:request, '$.Filters.Types') IS NULL OR 'CUSTOM' IN (SELECT n.value FROM json_each(:request, '$.Filters.Types') n))
 ORDER BY p.name LIMIT :limit;

-- name: op_DescribeConformancePackCompliance_refuse
-- plan: scan
SELECT 'NoSuchConformancePackException' AS error, 'The conformance pack ''' || json_extract(:request, '$.ConformancePackName') || ''' provided in the request is invalid. Please check the conformance pack name' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName'))
UNION ALL
SELECT 'NoSuchConfigRuleInConformancePackException', 'The ConfigRule ''' || n.value || ''' is not in the conformance pack ''' || json_extract(:request, '$.ConformancePackName') || '''.'
  FROM json_each(:request, '$.Filters.ConfigRuleNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _pack_rule m
                    WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName') AND m.rule = n.value);

-- name: op_DescribeConformancePackCompliance_answer
SELECT json_object('ConformancePackName', json_extract(:request, '$.ConformancePackName')) AS body;

-- name: op_DescribeConformancePackCompliance_list
SELECT json_object('ConfigRuleName', c.rule, 'ComplianceType', c.result, 'Controls', json(c.controls)) AS element, c.rule AS after
  FROM (SELECT m.rule AS rule, m.controls AS controls,
               CASE WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = m.account AND f.region = m.region AND f.rule = m.rule AND f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
                    WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = m.account AND f.region = m.region AND f.rule = m.rule AND f.result = 'COMPLIANT') THEN 'COMPLIANT'
                    ELSE 'INSUFFICIENT_DATA' END AS result
          FROM _pack_rule m
         WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName') AND m.rule > coalesce(:after, '')
           AND (coalesce(json_array_length(:request, '$.Filters.ConfigRuleNames'), 0) = 0
                OR m.rule IN (SELECT n.value FROM json_each(:request, '$.Filters.ConfigRuleNames') n))) c
 WHERE c.result = coalesce(json_extract(:request, '$.Filters.ComplianceType'), c.result)
 ORDER BY c.rule LIMIT :limit;

-- name: op_GetConformancePackComplianceDetails_refuse
-- plan: scan
SELECT 'NoSuchConformancePackException' AS error, 'The conformance pack ''' || json_extract(:request, '$.ConformancePackName') || ''' provided in the request is invalid. Please check the conformance pack name' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = json_extract(:request, '$.ConformancePackName'))
UNION ALL
SELECT 'NoSuchConfigRuleInConformancePackException', 'The ConfigRule ''' || n.value || ''' is not in the conformance pack ''' || json_extract(:request, '$.ConformancePackName') || '''.'
  FROM json_each(:request, '$.Filters.ConfigRuleNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _pack_rule m
                    WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName') AND m.rule = n.value)
UNION ALL
SELECT 'InvalidParameterValueException', 'ResourceIds are of use together with a ResourceType alone.'
 WHERE json_array_length(:request, '$.Filters.ResourceIds') > 0 AND json_type(:request, '$.Filters.ResourceType') IS NULL;

-- name: op_GetConformancePackComplianceDetails_answer
SELECT json_object('ConformancePackName', json_extract(:request, '$.ConformancePackName')) AS body;

-- name: op_GetConformancePackComplianceDetails_list
-- plan: scan
-- The signs keep SQLite from going through all findings of the region in order of rid, for each of the rules.
SELECT json_object('ComplianceType', f.result, 'EvaluationResultIdentifier',
                   json_object('EvaluationResultQualifier', json_object('ConfigRuleName', f.rule, 'ResourceType', r.type, 'ResourceId', r.id, 'EvaluationMode', 'DETECTIVE'),
                               'OrderingTimestamp', f.ordering_ms / 1000.0),
                   'ConfigRuleInvokedTime', coalesce(f.invoked_ms, f.recorded_ms) / 1000.0, 'ResultRecordedTime', f.recorded_ms / 1000.0,
                   'Annotation', f.annotation) AS element,
       json_array(f.rule, f.rid) AS after, m.rule AS rule, f.rid AS rid
  FROM _pack_rule m CROSS JOIN _finding f ON f.account = m.account AND f.region = m.region AND f.rule = m.rule
       CROSS JOIN _resource r ON r.rid = f.rid
 WHERE m.account = :account AND m.region = :region AND m.pack = json_extract(:request, '$.ConformancePackName')
   AND (+m.rule, +f.rid) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), 0))
   AND f.result IN ('COMPLIANT', 'NON_COMPLIANT') AND f.result = coalesce(json_extract(:request, '$.Filters.ComplianceType'), f.result)
   AND (coalesce(json_array_length(:request, '$.Filters.ConfigRuleNames'), 0) = 0
        OR m.rule IN (SELECT n.value FROM json_each(:request, '$.Filters.ConfigRuleNames') n))
   AND r.type = coalesce(json_extract(:request, '$.Filters.ResourceType'), r.type)
   AND (coalesce(json_array_length(:request, '$.Filters.ResourceIds'), 0) = 0
        OR r.id IN (SELECT n.value FROM json_each(:request, '$.Filters.ResourceIds') n))
 ORDER BY m.rule, +f.rid LIMIT :limit;

-- name: op_GetConformancePackComplianceSummary_refuse
-- plan: scan
SELECT 'NoSuchConformancePackException' AS error, 'The conformance pack ''' || n.value || ''' provided in the request is invalid. Please check the conformance pack name' AS message
  FROM json_each(:request, '$.ConformancePackNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _conformance_pack p WHERE p.account = :account AND p.region = :region AND p.name = n.value)
 ORDER BY n.key;

-- name: op_GetConformancePackComplianceSummary_list
-- Not compliant as soon as one rule is not; without data only where no rule found anything.
SELECT json_object('ConformancePackName', p.name, 'ConformancePackComplianceStatus',
                   CASE WHEN EXISTS (SELECT 1 FROM _pack_rule m CROSS JOIN _finding f ON f.account = m.account AND f.region = m.region AND f.rule = m.rule
                                      WHERE m.account = p.account AND m.region = p.region AND m.pack = p.name AND f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
                        WHEN EXISTS (SELECT 1 FROM _pack_rule m CROSS JOIN _finding f ON f.account = m.account AND f.region = m.region AND f.rule = m.rule
                                      WHERE m.account = p.account AND m.region = p.region AND m.pack = p.name AND f.result = 'COMPLIANT') THEN 'COMPLIANT'
                        ELSE 'INSUFFICIENT_DATA' END) AS element, p.name AS after
  FROM _conformance_pack p
 WHERE p.account = :account AND p.region = :region AND p.name > coalesce(:after, '')
   AND p.name IN (SELECT n.value FROM json_each(:request, '$.ConformancePackNames') n)
 ORDER BY p.name LIMIT :limit;

-- name: op_ListConformancePackComplianceScores_list
-- plan: scan
-- Of all pairs of a rule and a resource, how many of ten thousand are compliant (whole numbers, so that pages find their place). By name, or by score: what has none is the lowest.
SELECT json_object('Score', CASE WHEN s.score < 0 THEN 'INSUFFICIENT_DATA' ELSE printf('%.2f', s.score / 100.0) END, 'ConformancePackName', s.name,
                   'LastUpdatedTime', s.recorded_ms / 1000.0) AS element, json_array(s.rank, s.name) AS after, s.rank AS rank, s.name AS name
  FROM (SELECT b.*, CASE WHEN json_extract(:request, '$.SortBy') IS NULL AND json_extract(:request, '$.SortOrder') IS NULL THEN 0
                         WHEN json_extract(:request, '$.SortOrder') = 'DESCENDING' THEN -b.score ELSE b.score END AS rank
          FROM (SELECT p.name AS name, coalesce(max(f.recorded_ms), p.completed_ms) AS recorded_ms,
                       coalesce(CAST(round(10000.0 * sum(f.result = 'COMPLIANT') / sum(f.result IN ('COMPLIANT', 'NON_COMPLIANT'))) AS INTEGER), -1) AS score
                  FROM _conformance_pack p LEFT JOIN _pack_rule m ON m.account = p.account AND m.region = p.region AND m.pack = p.name
                       LEFT JOIN _finding f ON f.account = m.account AND f.region = m.region AND f.rule = m.rule AND f.result IN ('COMPLIANT', 'NON_COMPLIANT')
                 WHERE p.account = :account AND p.region = :region
                   AND (json_type(:request, '$.Filters') IS NULL OR p.name IN (SELECT n.value FROM json_each(:request, '$.Filters.ConformancePackNames') n))
                 GROUP BY p.name) b) s
 WHERE :after IS NULL OR (s.rank, s.name) > (json_extract(:after, '$[0]'), json_extract(:after, '$[1]'))
 ORDER BY s.rank, s.name LIMIT :limit;
