-- What an organization gives to its accounts: spec sections 6.9 and 8.11. Its accounts are those of the store, and all of them have
-- what api/organizations.c made in them.

-- name: op_PutOrganizationConfigRule_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'Exactly one of OrganizationManagedRuleMetadata, OrganizationCustomRuleMetadata and OrganizationCustomPolicyRuleMetadata must be given.' AS message
 WHERE (json_type(:request, '$.OrganizationManagedRuleMetadata') IS NOT NULL) + (json_type(:request, '$.OrganizationCustomRuleMetadata') IS NOT NULL)
       + (json_type(:request, '$.OrganizationCustomPolicyRuleMetadata') IS NOT NULL) <> 1
UNION ALL
SELECT 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'MaxNumberOfOrganizationConfigRulesExceededException', 'Failed to put organization config rule ''' || json_extract(:request, '$.OrganizationConfigRuleName') || ''' because the maximum number of organization config rules: 150 is reached.'
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule'
                      AND o.name = json_extract(:request, '$.OrganizationConfigRuleName'))
   AND (SELECT count(*) FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule') >= 150;

-- name: op_PutOrganizationConfigRule_write
-- Tags are for what is new.
INSERT INTO _service_tag(arn, key, value)
SELECT o.arn, json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM _organization_object o JOIN json_each(:request, '$.Tags') t
 WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name = json_extract(:request, '$.OrganizationConfigRuleName') AND o.revision = 1;

-- name: op_PutOrganizationConfigRule_answer
SELECT json_object('OrganizationConfigRuleArn', o.arn) AS body FROM _organization_object o
 WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name = json_extract(:request, '$.OrganizationConfigRuleName');

-- name: op_DeleteOrganizationConfigRule_refuse
SELECT 'NoSuchOrganizationConfigRuleException' AS error, 'Could not find an OrganizationConfigRule for given request with resourceName ' || json_extract(:request, '$.OrganizationConfigRuleName') AS message
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule'
                      AND o.name = json_extract(:request, '$.OrganizationConfigRuleName'));

-- name: op_DeleteOrganizationConfigRule_write
DELETE FROM _organization_object WHERE account = :account AND region = :region AND kind = 'rule' AND name = json_extract(:request, '$.OrganizationConfigRuleName');

-- name: op_DescribeOrganizationConfigRules_refuse
-- plan: scan
SELECT 'NoSuchOrganizationConfigRuleException' AS error, 'One or more organization config rules with specified names are not present. Ensure your names are correct and try your request again later.' AS message
  FROM json_each(:request, '$.OrganizationConfigRuleNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name = n.value);

-- name: op_DescribeOrganizationConfigRules_list
-- A policy's text is GetOrganizationCustomRulePolicy's.
SELECT json_object('OrganizationConfigRuleName', o.name, 'OrganizationConfigRuleArn', o.arn,
                   'OrganizationManagedRuleMetadata', json_extract(o.request, '$.OrganizationManagedRuleMetadata'),
                   'OrganizationCustomRuleMetadata', json_extract(o.request, '$.OrganizationCustomRuleMetadata'),
                   'ExcludedAccounts', json(o.excluded), 'LastUpdateTime', o.changed_ms / 1000.0,
                   'OrganizationCustomPolicyRuleMetadata', json_remove(json_extract(o.request, '$.OrganizationCustomPolicyRuleMetadata'), '$.PolicyText')) AS element,
       o.name AS after
  FROM _organization_object o
 WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.OrganizationConfigRuleNames'), 0) = 0 OR o.name IN (SELECT n.value FROM json_each(:request, '$.OrganizationConfigRuleNames') n))
 ORDER BY o.name LIMIT :limit;

-- name: op_DescribeOrganizationConfigRuleStatuses_refuse
-- plan: scan
SELECT 'NoSuchOrganizationConfigRuleException' AS error, 'One or more organization config rules with specified names are not present. Ensure your names are correct and try your request again later.' AS message
  FROM json_each(:request, '$.OrganizationConfigRuleNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name = n.value);

-- name: op_DescribeOrganizationConfigRuleStatuses_list
-- Failed as soon as one account's has; the first of those says why.
SELECT json_object('OrganizationConfigRuleName', o.name,
                   'OrganizationRuleStatus', CASE o.revision WHEN 1 THEN 'CREATE_' ELSE 'UPDATE_' END || CASE WHEN m.member IS NULL THEN 'SUCCESSFUL' ELSE 'FAILED' END,
                   'ErrorCode', m.error_code, 'ErrorMessage', m.error, 'LastUpdateTime', o.changed_ms / 1000.0) AS element, o.name AS after
  FROM _organization_object o LEFT JOIN _organization_member m
    ON m.account = o.account AND m.region = o.region AND m.kind = o.kind AND m.name = o.name
   AND m.member = (SELECT min(f.member) FROM _organization_member f
                    WHERE f.account = o.account AND f.region = o.region AND f.kind = o.kind AND f.name = o.name AND f.status LIKE '%_FAILED')
 WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.OrganizationConfigRuleNames'), 0) = 0 OR o.name IN (SELECT n.value FROM json_each(:request, '$.OrganizationConfigRuleNames') n))
 ORDER BY o.name LIMIT :limit;

-- name: op_GetOrganizationConfigRuleDetailedStatus_refuse
SELECT 'NoSuchOrganizationConfigRuleException' AS error, 'One or more organization config rules with specified names are not present. Ensure your names are correct and try your request again later.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule'
                      AND o.name = json_extract(:request, '$.OrganizationConfigRuleName'));

-- name: op_GetOrganizationConfigRuleDetailedStatus_list
SELECT json_object('AccountId', m.member, 'ConfigRuleName', m.made, 'MemberAccountRuleStatus', m.status, 'ErrorCode', m.error_code,
                   'ErrorMessage', m.error, 'LastUpdateTime', m.changed_ms / 1000.0) AS element, m.member AS after
  FROM _organization_member m
 WHERE m.account = :account AND m.region = :region AND m.kind = 'rule' AND m.name = json_extract(:request, '$.OrganizationConfigRuleName')
   AND m.member > coalesce(:after, '') AND m.member = coalesce(json_extract(:request, '$.Filters.AccountId'), m.member)
   AND m.status = coalesce(json_extract(:request, '$.Filters.MemberAccountRuleStatus'), m.status)
 ORDER BY m.member LIMIT :limit;

-- name: op_GetOrganizationCustomRulePolicy_refuse
SELECT 'NoSuchOrganizationConfigRuleException' AS error, 'One or more organization config rules with specified names are not present. Ensure your names are correct and try your request again later.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'rule'
                      AND o.name = json_extract(:request, '$.OrganizationConfigRuleName')
                      AND json_type(o.request, '$.OrganizationCustomPolicyRuleMetadata') IS NOT NULL);

-- name: op_GetOrganizationCustomRulePolicy_answer
SELECT json_object('PolicyText', json_extract(o.request, '$.OrganizationCustomPolicyRuleMetadata.PolicyText')) AS body FROM _organization_object o
 WHERE o.account = :account AND o.region = :region AND o.kind = 'rule' AND o.name = json_extract(:request, '$.OrganizationConfigRuleName');

-- name: op_PutOrganizationConformancePack_refuse
-- plan: scan
SELECT 'ValidationException' AS error, 'Template body is invalid' AS message
 WHERE (json_type(:request, '$.TemplateBody') IS NOT NULL) = (json_type(:request, '$.TemplateS3Uri') IS NOT NULL)
UNION ALL
SELECT 'ValidationException', 'The template can only be given as TemplateBody here: it is not fetched from S3.'
 WHERE json_type(:request, '$.TemplateBody') IS NULL
UNION ALL
SELECT 'ValidationException', 'The name of the DeliveryS3Bucket must start with awsconfigconforms.'
 WHERE coalesce(json_extract(:request, '$.DeliveryS3Bucket'), '') <> '' AND json_extract(:request, '$.DeliveryS3Bucket') NOT GLOB 'awsconfigconforms*'
UNION ALL
SELECT 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'MaxNumberOfOrganizationConformancePacksExceededException', 'Failed to put organization conformance pack ''' || json_extract(:request, '$.OrganizationConformancePackName') || ''' because the maximum number of organization conformance packs: 50 is reached.'
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack'
                      AND o.name = json_extract(:request, '$.OrganizationConformancePackName'))
   AND (SELECT count(*) FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack') >= 50;

-- name: op_PutOrganizationConformancePack_write
-- Tags are for what is new.
INSERT INTO _service_tag(arn, key, value)
SELECT o.arn, json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM _organization_object o JOIN json_each(:request, '$.Tags') t
 WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name = json_extract(:request, '$.OrganizationConformancePackName') AND o.revision = 1;

-- name: op_PutOrganizationConformancePack_answer
SELECT json_object('OrganizationConformancePackArn', o.arn) AS body FROM _organization_object o
 WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name = json_extract(:request, '$.OrganizationConformancePackName');

-- name: op_DeleteOrganizationConformancePack_refuse
SELECT 'NoSuchOrganizationConformancePackException' AS error, 'Could not find an OrganizationConformancePack for given request with resourceName ' || json_extract(:request, '$.OrganizationConformancePackName') AS message
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack'
                      AND o.name = json_extract(:request, '$.OrganizationConformancePackName'));

-- name: op_DeleteOrganizationConformancePack_write
DELETE FROM _organization_object WHERE account = :account AND region = :region AND kind = 'pack' AND name = json_extract(:request, '$.OrganizationConformancePackName');

-- name: op_DescribeOrganizationConformancePacks_refuse
-- plan: scan
SELECT 'NoSuchOrganizationConformancePackException' AS error, 'One or more organization conformance packs with specified names are not present. Ensure your names are correct and try your request again later.' AS message
  FROM json_each(:request, '$.OrganizationConformancePackNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name = n.value);

-- name: op_DescribeOrganizationConformancePacks_list
SELECT json_object('OrganizationConformancePackName', o.name, 'OrganizationConformancePackArn', o.arn,
                   'DeliveryS3Bucket', json_extract(o.request, '$.DeliveryS3Bucket'), 'DeliveryS3KeyPrefix', json_extract(o.request, '$.DeliveryS3KeyPrefix'),
                   'ConformancePackInputParameters', json(coalesce(json_extract(o.request, '$.ConformancePackInputParameters'), '[]')),
                   'ExcludedAccounts', json(o.excluded), 'LastUpdateTime', o.changed_ms / 1000.0) AS element, o.name AS after
  FROM _organization_object o
 WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.OrganizationConformancePackNames'), 0) = 0
        OR o.name IN (SELECT n.value FROM json_each(:request, '$.OrganizationConformancePackNames') n))
 ORDER BY o.name LIMIT :limit;

-- name: op_DescribeOrganizationConformancePackStatuses_refuse
-- plan: scan
SELECT 'NoSuchOrganizationConformancePackException' AS error, 'One or more organization conformance packs with specified names are not present. Ensure your names are correct and try your request again later.' AS message
  FROM json_each(:request, '$.OrganizationConformancePackNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name = n.value);

-- name: op_DescribeOrganizationConformancePackStatuses_list
SELECT json_object('OrganizationConformancePackName', o.name,
                   'Status', CASE o.revision WHEN 1 THEN 'CREATE_' ELSE 'UPDATE_' END || CASE WHEN m.member IS NULL THEN 'SUCCESSFUL' ELSE 'FAILED' END,
                   'ErrorCode', m.error_code, 'ErrorMessage', m.error, 'LastUpdateTime', o.changed_ms / 1000.0) AS element, o.name AS after
  FROM _organization_object o LEFT JOIN _organization_member m
    ON m.account = o.account AND m.region = o.region AND m.kind = o.kind AND m.name = o.name
   AND m.member = (SELECT min(f.member) FROM _organization_member f
                    WHERE f.account = o.account AND f.region = o.region AND f.kind = o.kind AND f.name = o.name AND f.status LIKE '%_FAILED')
 WHERE o.account = :account AND o.region = :region AND o.kind = 'pack' AND o.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.OrganizationConformancePackNames'), 0) = 0
        OR o.name IN (SELECT n.value FROM json_each(:request, '$.OrganizationConformancePackNames') n))
 ORDER BY o.name LIMIT :limit;

-- name: op_GetOrganizationConformancePackDetailedStatus_refuse
SELECT 'NoSuchOrganizationConformancePackException' AS error, 'One or more organization conformance packs with specified names are not present. Ensure your names are correct and try your request again later.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = 'pack'
                      AND o.name = json_extract(:request, '$.OrganizationConformancePackName'));

-- name: op_GetOrganizationConformancePackDetailedStatus_list
SELECT json_object('AccountId', m.member, 'ConformancePackName', m.made, 'Status', m.status, 'ErrorCode', m.error_code,
                   'ErrorMessage', m.error, 'LastUpdateTime', m.changed_ms / 1000.0) AS element, m.member AS after
  FROM _organization_member m
 WHERE m.account = :account AND m.region = :region AND m.kind = 'pack' AND m.name = json_extract(:request, '$.OrganizationConformancePackName')
   AND m.member > coalesce(:after, '') AND m.member = coalesce(json_extract(:request, '$.Filters.AccountId'), m.member)
   AND m.status = coalesce(json_extract(:request, '$.Filters.Status'), m.status)
 ORDER BY m.member LIMIT :limit;
