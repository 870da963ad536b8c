-- What rules and conformance packs find in an aggregator's accounts and regions: spec sections 6.6 and 8.10. Findings are those
-- of the moment that is asked about; aggregators, rules and packs are those there are now.

-- name: op_DescribeAggregateComplianceByConfigRules_refuse
-- plan: scan
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'))
UNION ALL
SELECT 'ValidationException', 'The ComplianceType NOT_APPLICABLE is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, INSUFFICIENT_DATA'
 WHERE json_extract(:request, '$.Filters.ComplianceType') = 'NOT_APPLICABLE';

-- name: op_DescribeAggregateComplianceByConfigRules_list
-- plan: scan
-- Who contributes is counted to the cap and one more.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT c.account AS account, c.region AS region, c.name AS name,
         CASE WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
              WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'COMPLIANT') THEN 'COMPLIANT'
              ELSE 'INSUFFICIENT_DATA' END AS result
    FROM _config_rule c
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR c.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR c.region = 'global' OR c.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND c.account = coalesce(json_extract(:request, '$.Filters.AccountId'), c.account) AND c.region = coalesce(json_extract(:request, '$.Filters.AwsRegion'), c.region)
     AND (c.account, c.region, c.name) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''), coalesce(json_extract(:after, '$[2]'), ''))
     AND c.name = coalesce(json_extract(:request, '$.Filters.ConfigRuleName'), c.name))
SELECT json_object('ConfigRuleName', n.name, 'AccountId', n.account, 'AwsRegion', n.region, 'Compliance', json_object('ComplianceType', n.result,
         'ComplianceContributorCount', json(CASE n.result WHEN 'NON_COMPLIANT' THEN
            (SELECT json_object('CappedCount', min(count(*), 100), 'CapExceeded', count(*) > 100)
               FROM (SELECT 1 FROM _finding f WHERE f.account = n.account AND f.region = n.region AND f.rule = n.name AND f.result = 'NON_COMPLIANT' LIMIT 101))
         END))) AS element, json_array(n.account, n.region, n.name) AS after
  FROM n WHERE n.result = coalesce(json_extract(:request, '$.Filters.ComplianceType'), n.result)
 ORDER BY n.account, n.region, n.name LIMIT :limit;

-- name: op_GetAggregateConfigRuleComplianceSummary_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_GetAggregateConfigRuleComplianceSummary_answer
SELECT json_object('GroupByKey', json_extract(:request, '$.GroupByKey')) AS body;

-- name: op_GetAggregateConfigRuleComplianceSummary_list
-- plan: scan
-- Rules are counted, to 25. One group of all, without a name, where none are asked for.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT c.account AS account, c.region AS region, c.name AS name,
         CASE WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
              WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'COMPLIANT') THEN 'COMPLIANT'
              ELSE 'INSUFFICIENT_DATA' END AS result
    FROM _config_rule c
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR c.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR c.region = 'global' OR c.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND c.account = coalesce(json_extract(:request, '$.Filters.AccountId'), c.account) AND c.region = coalesce(json_extract(:request, '$.Filters.AwsRegion'), c.region)),
g AS (
  SELECT CASE json_extract(:request, '$.GroupByKey') WHEN 'ACCOUNT_ID' THEN n.account WHEN 'AWS_REGION' THEN n.region ELSE '' END AS name,
         coalesce(sum(n.result = 'COMPLIANT'), 0) AS good, coalesce(sum(n.result = 'NON_COMPLIANT'), 0) AS bad
    FROM n GROUP BY 1)
SELECT json_object('GroupName', nullif(g.name, ''), 'ComplianceSummary', json_object(
         'CompliantResourceCount', json_object('CappedCount', min(g.good, 25), 'CapExceeded', g.good > 25),
         'NonCompliantResourceCount', json_object('CappedCount', min(g.bad, 25), 'CapExceeded', g.bad > 25),
         'ComplianceSummaryTimestamp', :now_ms / 1000.0)) AS element, g.name AS after
  FROM g WHERE :after IS NULL OR g.name > :after
 ORDER BY g.name LIMIT :limit;

-- name: op_GetAggregateComplianceDetailsByConfigRule_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'))
UNION ALL
SELECT 'ValidationException', 'The ComplianceType INSUFFICIENT_DATA is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE'
 WHERE json_extract(:request, '$.ComplianceType') = 'INSUFFICIENT_DATA';

-- name: op_GetAggregateComplianceDetailsByConfigRule_list
-- plan: scan
-- Of a rule that there is none of: nothing.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName'))
SELECT json_object('EvaluationResultIdentifier',
           json_object('EvaluationResultQualifier', json_object('ConfigRuleName', f.rule, 'ResourceType', r.type, 'ResourceId', r.id, 'EvaluationMode', 'DETECTIVE'),
                       'OrderingTimestamp', f.ordering_ms / 1000.0),
         'ComplianceType', f.result, 'ResultRecordedTime', f.recorded_ms / 1000.0, 'ConfigRuleInvokedTime', f.invoked_ms / 1000.0,
         'Annotation', f.annotation, 'AccountId', f.account, 'AwsRegion', f.region) AS element, json_array(f.result, f.rid) AS after
  FROM _finding f CROSS JOIN _resource r ON r.rid = f.rid
 WHERE f.account = json_extract(:request, '$.AccountId') AND f.region = json_extract(:request, '$.AwsRegion') AND f.rule = json_extract(:request, '$.ConfigRuleName')
   AND (f.result, f.rid) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), 0))
   AND CASE WHEN json_extract(:request, '$.ComplianceType') IS NULL THEN f.result <> 'NOT_APPLICABLE' ELSE f.result = json_extract(:request, '$.ComplianceType') END
   AND ((SELECT a.accounts FROM a) IS NULL OR f.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
   AND ((SELECT a.regions FROM a) IS NULL OR f.region = 'global' OR f.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
   AND EXISTS (SELECT 1 FROM a)
 ORDER BY f.result, f.rid LIMIT :limit;

-- name: op_DescribeAggregateComplianceByConformancePacks_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_DescribeAggregateComplianceByConformancePacks_list
-- plan: scan
-- Nothing is known of a pack none of whose rules has found anything.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT p.account AS account, p.region AS region, p.name AS name,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name) AS rules,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name
             AND EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'NON_COMPLIANT')) AS bad,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name
             AND EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'COMPLIANT')
             AND NOT EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'NON_COMPLIANT')) AS good
    FROM _conformance_pack p
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR p.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR p.region = 'global' OR p.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND p.account = coalesce(json_extract(:request, '$.Filters.AccountId'), p.account) AND p.region = coalesce(json_extract(:request, '$.Filters.AwsRegion'), p.region)
     AND (p.account, p.region, p.name) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''), coalesce(json_extract(:after, '$[2]'), ''))
     AND p.name = coalesce(json_extract(:request, '$.Filters.ConformancePackName'), p.name)),
s AS (SELECT n.*, CASE WHEN n.bad THEN 'NON_COMPLIANT' WHEN n.good THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result FROM n)
SELECT json_object('ConformancePackName', s.name, 'AccountId', s.account, 'AwsRegion', s.region, 'Compliance', json_object('ComplianceType', s.result,
         'CompliantRuleCount', s.good, 'NonCompliantRuleCount', s.bad, 'TotalRuleCount', s.rules)) AS element, json_array(s.account, s.region, s.name) AS after
  FROM s WHERE s.result = coalesce(json_extract(:request, '$.Filters.ComplianceType'), s.result)
 ORDER BY s.account, s.region, s.name LIMIT :limit;

-- name: op_GetAggregateConformancePackComplianceSummary_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_GetAggregateConformancePackComplianceSummary_answer
SELECT json_object('GroupByKey', json_extract(:request, '$.GroupByKey')) AS body;

-- name: op_GetAggregateConformancePackComplianceSummary_list
-- plan: scan
-- One group of all, without a name, where none are asked for.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT p.account AS account, p.region AS region, p.name AS name,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name) AS rules,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name
             AND EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'NON_COMPLIANT')) AS bad,
         (SELECT count(*) FROM _pack_rule x WHERE x.account = p.account AND x.region = p.region AND x.pack = p.name
             AND EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'COMPLIANT')
             AND NOT EXISTS (SELECT 1 FROM _finding f WHERE f.account = x.account AND f.region = x.region AND f.rule = x.rule AND f.result = 'NON_COMPLIANT')) AS good
    FROM _conformance_pack p
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR p.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR p.region = 'global' OR p.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND p.account = coalesce(json_extract(:request, '$.Filters.AccountId'), p.account) AND p.region = coalesce(json_extract(:request, '$.Filters.AwsRegion'), p.region)),
g AS (
  SELECT CASE json_extract(:request, '$.GroupByKey') WHEN 'ACCOUNT_ID' THEN n.account WHEN 'AWS_REGION' THEN n.region ELSE '' END AS name,
         coalesce(sum(n.good > 0 AND n.bad = 0), 0) AS good, coalesce(sum(n.bad > 0), 0) AS bad
    FROM n GROUP BY 1)
SELECT json_object('GroupName', nullif(g.name, ''), 'ComplianceSummary', json_object('CompliantConformancePackCount', g.good, 'NonCompliantConformancePackCount', g.bad)) AS element,
       g.name AS after
  FROM g WHERE :after IS NULL OR g.name > :after
 ORDER BY g.name LIMIT :limit;
