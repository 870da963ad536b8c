-- What an organization's accounts get: one statement for rules and packs alike, told apart by :kind.

-- name: organization_put
-- plan: scan
INSERT INTO _organization_object(account, region, kind, name, suffix, arn, request, excluded, changed_ms)
SELECT :account, :region, :kind, :name, n.suffix,
       config_arn(:region, :account, CASE :kind WHEN 'rule' THEN 'organization-config-rule/' ELSE 'organization-conformance-pack/' END || :name || '-' || n.suffix),
       :request, coalesce(json_extract(:request, '$.ExcludedAccounts'), '[]'), :now_ms
  FROM (SELECT random_id(8) AS suffix LIMIT 1) n WHERE true
ON CONFLICT (account, region, kind, name) DO UPDATE
   SET request = excluded.request, excluded = excluded.excluded, changed_ms = excluded.changed_ms, revision = revision + 1;

-- name: organization_made
-- What it is called in its accounts.
SELECT CASE o.kind WHEN 'rule' THEN 'OrgConfigRule-' ELSE 'OrgConformsPack-' END || o.name || '-' || o.suffix AS made
  FROM _organization_object o WHERE o.account = :account AND o.region = :region AND o.kind = :kind AND o.name = :name;

-- name: organization_accounts
-- plan: scan
-- All that the store has resources of, one look into the index each, and whoever asks; without those that are excluded.
WITH RECURSIVE a(account) AS (
  SELECT min(r.account) FROM _resource r
  UNION ALL
  SELECT (SELECT min(r.account) FROM _resource r WHERE r.account > a.account) FROM a WHERE a.account IS NOT NULL)
SELECT json_group_array(n.account) AS accounts
  FROM (SELECT a.account AS account FROM a WHERE a.account GLOB '[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
        UNION SELECT :account ORDER BY 1) n
 WHERE n.account NOT IN (SELECT x.value FROM json_each(:request, '$.ExcludedAccounts') x);

-- name: organization_others
-- Accounts that got it before and are not among those of :accounts.
SELECT json_group_array(m.member) AS accounts
  FROM _organization_member m
 WHERE m.account = :account AND m.region = :region AND m.kind = :kind AND m.name = :name AND m.member NOT IN (SELECT x.value FROM json_each(:accounts) x);

-- name: organization_rule
-- plan: scan
-- As PutConfigRule has it. What runs by itself says so in its details, a managed rule at its top.
SELECT json_object('ConfigRule', json_object(
         'ConfigRuleName', :made, 'Description', json_extract(q.m, '$.Description'), 'InputParameters', json_extract(q.m, '$.InputParameters'),
         'MaximumExecutionFrequency', CASE q.owner WHEN 'AWS' THEN json_extract(q.m, '$.MaximumExecutionFrequency') END,
         'Scope', CASE WHEN coalesce(json_array_length(q.m, '$.ResourceTypesScope'), 0) > 0 OR json_extract(q.m, '$.ResourceIdScope') IS NOT NULL
                         OR json_extract(q.m, '$.TagKeyScope') IS NOT NULL OR json_extract(q.m, '$.TagValueScope') IS NOT NULL
                  THEN json_object('ComplianceResourceTypes', json_extract(q.m, '$.ResourceTypesScope'), 'ComplianceResourceId', json_extract(q.m, '$.ResourceIdScope'),
                                   'TagKey', json_extract(q.m, '$.TagKeyScope'), 'TagValue', json_extract(q.m, '$.TagValueScope')) END,
         'Source', json_object(
           'Owner', q.owner, 'SourceIdentifier', coalesce(json_extract(q.m, '$.RuleIdentifier'), json_extract(q.m, '$.LambdaFunctionArn')),
           'SourceDetails', CASE WHEN q.owner <> 'AWS' THEN (
              SELECT json_group_array(json_object('EventSource', 'aws.config', 'MessageType', t.value,
                       'MaximumExecutionFrequency', CASE t.value WHEN 'ScheduledNotification' THEN json_extract(q.m, '$.MaximumExecutionFrequency') END))
                FROM json_each(coalesce(json_extract(q.m, '$.OrganizationConfigRuleTriggerTypes'),
                       CASE q.owner WHEN 'CUSTOM_POLICY' THEN '["ConfigurationItemChangeNotification","OversizedConfigurationItemChangeNotification"]' ELSE '[]' END)) t) END,
           'CustomPolicyDetails', CASE q.owner WHEN 'CUSTOM_POLICY' THEN json_object(
              'PolicyRuntime', json_extract(q.m, '$.PolicyRuntime'), 'PolicyText', json_extract(q.m, '$.PolicyText'),
              'EnableDebugLogDelivery', json(CASE WHEN :member IN (SELECT d.value FROM json_each(q.m, '$.DebugLogDeliveryAccounts') d) THEN 'true' ELSE 'false' END)) END))) AS input
  FROM (SELECT coalesce(json_extract(:request, '$.OrganizationManagedRuleMetadata'), json_extract(:request, '$.OrganizationCustomRuleMetadata'),
                        json_extract(:request, '$.OrganizationCustomPolicyRuleMetadata')) AS m,
               CASE WHEN json_type(:request, '$.OrganizationManagedRuleMetadata') IS NOT NULL THEN 'AWS'
                    WHEN json_type(:request, '$.OrganizationCustomRuleMetadata') IS NOT NULL THEN 'CUSTOM_LAMBDA' ELSE 'CUSTOM_POLICY' END AS owner) q;

-- name: organization_pack
SELECT json_object('ConformancePackName', :made, 'TemplateBody', json_extract(:request, '$.TemplateBody'), 'DeliveryS3Bucket', json_extract(:request, '$.DeliveryS3Bucket'),
                   'DeliveryS3KeyPrefix', json_extract(:request, '$.DeliveryS3KeyPrefix'),
                   'ConformancePackInputParameters', json_extract(:request, '$.ConformancePackInputParameters')) AS input;

-- name: organization_lock_rule
-- :principal NULL: it is anybody's again, to be changed or deleted.
UPDATE _config_rule
   SET created_by = :principal,
       arn = config_arn(:region, :member, CASE WHEN :principal IS NULL THEN 'config-rule/' ELSE 'config-rule/aws-service-rule/' || :principal || '/' END || rule_id)
 WHERE account = :member AND region = :region AND name = :made;

-- name: organization_lock_pack
UPDATE _conformance_pack SET created_by = :principal WHERE account = :member AND region = :region AND name = :made;

-- name: organization_note
INSERT INTO _organization_member(account, region, kind, name, member, made, status, error_code, error, changed_ms)
VALUES (:account, :region, :kind, :name, :member, :made, 'CREATE_' || :status, :error_code, :error, :now_ms)
ON CONFLICT (account, region, kind, name, member) DO UPDATE
   SET status = CASE WHEN :gone THEN 'DELETE_' ELSE 'UPDATE_' END || :status, error_code = excluded.error_code, error = excluded.error, changed_ms = excluded.changed_ms;

-- name: organization_forget
DELETE FROM _organization_member WHERE account = :account AND region = :region AND kind = :kind AND name = :name AND member = :member;
