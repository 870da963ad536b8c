-- What rules find, resource by resource and rolled up: spec sections 6.6 and 8.7. All of it from _finding, which is of the
-- moment that is asked about; the rules are those there are now.

-- name: op_DescribeComplianceByConfigRule_refuse
-- plan: scan
SELECT 'NoSuchConfigRuleException' AS error, 'The ConfigRule ''' || n.value || ''' provided in the request is invalid. Please check the configRule name' AS message
  FROM json_each(:request, '$.ConfigRuleNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _config_rule c WHERE c.account = :account AND c.region = :region AND c.name = n.value)
UNION ALL
SELECT 'InvalidParameterValueException', 'The ComplianceType NOT_APPLICABLE is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, INSUFFICIENT_DATA'
  FROM json_each(:request, '$.ComplianceTypes') t WHERE t.value = 'NOT_APPLICABLE';

-- name: op_DescribeComplianceByConfigRule_list
-- plan: scan
-- Who contributes is counted to the cap and one more.
SELECT json_object('ConfigRuleName', n.name, 'Compliance', json_object('ComplianceType', n.result,
           'ComplianceContributorCount', json(CASE n.result WHEN 'NON_COMPLIANT' THEN
              (SELECT json_object('CappedCount', min(count(*), 100), 'CapExceeded', count(*) > 100)
                 FROM (SELECT 1 FROM _finding f WHERE f.account = :account AND f.region = :region AND f.rule = n.name AND f.result = 'NON_COMPLIANT' LIMIT 101))
           END))) AS element, n.name AS after
  FROM (SELECT c.name AS name,
               CASE WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT'
                    WHEN EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'COMPLIANT') THEN 'COMPLIANT'
                    ELSE 'INSUFFICIENT_DATA' END AS result
          FROM _config_rule c
         WHERE c.account = :account AND c.region = :region AND c.name > coalesce(:after, '')
           AND (coalesce(json_array_length(:request, '$.ConfigRuleNames'), 0) = 0 OR c.name IN (SELECT g.value FROM json_each(:request, '$.ConfigRuleNames') g))) n
 WHERE coalesce(json_array_length(:request, '$.ComplianceTypes'), 0) = 0 OR n.result IN (SELECT t.value FROM json_each(:request, '$.ComplianceTypes') t)
 ORDER BY n.name LIMIT :limit;

-- name: op_DescribeComplianceByResource_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'A resourceType should be provided when resourceId is provided' AS message
 WHERE json_extract(:request, '$.ResourceId') IS NOT NULL AND json_extract(:request, '$.ResourceType') IS NULL
UNION ALL
SELECT 'InvalidParameterValueException', 'The ComplianceType NOT_APPLICABLE is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, INSUFFICIENT_DATA'
  FROM json_each(:request, '$.ComplianceTypes') t WHERE t.value = 'NOT_APPLICABLE';

-- name: op_DescribeComplianceByResource_list
-- plan: scan
-- What no rule applies to is shown only when it is asked for. Resources in the order of the index, no further than the page
-- needs; one that is named is looked for alone.
SELECT json_object('ResourceType', r.type, 'ResourceId', r.id, 'Compliance', json_object(
           'ComplianceType', CASE WHEN sum(f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT' WHEN sum(f.result = 'COMPLIANT') THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END,
           'ComplianceContributorCount', json(CASE WHEN sum(f.result = 'NON_COMPLIANT')
              THEN json_object('CappedCount', min(sum(f.result = 'NON_COMPLIANT'), 25), 'CapExceeded', sum(f.result = 'NON_COMPLIANT') > 25) END))) AS element,
       f.rid AS after
  FROM _finding f CROSS JOIN _resource r ON r.rid = f.rid
 WHERE f.account = :account AND f.region = :region
   AND f.rid > max(coalesce(CAST(:after AS INTEGER), 0), CASE WHEN json_extract(:request, '$.ResourceId') IS NULL THEN 0
                ELSE coalesce((SELECT min(x.rid) - 1 FROM _resource x WHERE x.id = json_extract(:request, '$.ResourceId') AND x.type = json_extract(:request, '$.ResourceType')), 0) END)
   AND f.rid <= CASE WHEN json_extract(:request, '$.ResourceId') IS NULL THEN 9223372036854775807
                ELSE coalesce((SELECT max(x.rid) FROM _resource x WHERE x.id = json_extract(:request, '$.ResourceId') AND x.type = json_extract(:request, '$.ResourceType')), 0) END
   AND r.id = coalesce(json_extract(:request, '$.ResourceId'), r.id) AND r.type = coalesce(json_extract(:request, '$.ResourceType'), r.type)
 GROUP BY f.rid
HAVING CASE WHEN coalesce(json_array_length(:request, '$.ComplianceTypes'), 0) > 0
            THEN CASE WHEN sum(f.result = 'NON_COMPLIANT') THEN 'NON_COMPLIANT' WHEN sum(f.result = 'COMPLIANT') THEN 'COMPLIANT' ELSE 'INSUFFICIENT_DATA' END
                 IN (SELECT t.value FROM json_each(:request, '$.ComplianceTypes') t)
            ELSE sum(f.result <> 'NOT_APPLICABLE') > 0 OR json_extract(:request, '$.ResourceId') IS NOT NULL END
 ORDER BY f.rid LIMIT :limit;

-- name: op_GetComplianceDetailsByConfigRule_refuse
-- plan: scan
SELECT 'NoSuchConfigRuleException' AS error, 'The ConfigRule ''' || json_extract(:request, '$.ConfigRuleName') || ''' provided in the request is invalid. Please check the configRule name' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _config_rule c WHERE c.account = :account AND c.region = :region AND c.name = json_extract(:request, '$.ConfigRuleName'))
UNION ALL
SELECT 'InvalidParameterValueException', 'The ComplianceType INSUFFICIENT_DATA is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE'
  FROM json_each(:request, '$.ComplianceTypes') t WHERE t.value = 'INSUFFICIENT_DATA';

-- name: op_GetComplianceDetailsByConfigRule_list
SELECT json_object('EvaluationResultIdentifier',
           json_object('EvaluationResultQualifier', json_object('ConfigRuleName', f.rule, 'ResourceType', r.type, 'ResourceId', r.id, 'EvaluationMode', 'DETECTIVE'),
                       'OrderingTimestamp', f.ordering_ms / 1000.0),
         'ComplianceType', f.result, 'ResultRecordedTime', f.recorded_ms / 1000.0, 'ConfigRuleInvokedTime', f.invoked_ms / 1000.0,
         'Annotation', f.annotation) AS element, json_array(f.result, f.rid) AS after
  FROM _finding f CROSS JOIN _resource r ON r.rid = f.rid
 WHERE f.account = :account AND f.region = :region AND f.rule = json_extract(:request, '$.ConfigRuleName')
   AND (f.result, f.rid) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), 0))
   AND CASE WHEN coalesce(json_array_length(:request, '$.ComplianceTypes'), 0) = 0 THEN f.result <> 'NOT_APPLICABLE'
            ELSE f.result IN (SELECT t.value FROM json_each(:request, '$.ComplianceTypes') t) END
 ORDER BY f.result, f.rid LIMIT :limit;

-- name: op_GetComplianceDetailsByResource_refuse
-- plan: scan
SELECT 'InvalidParameterValueException' AS error, 'Provide either a ResourceEvaluationId, or a ResourceType and a ResourceId' AS message
 WHERE json_extract(:request, '$.ResourceEvaluationId') IS NOT NULL AND (json_extract(:request, '$.ResourceType') IS NOT NULL OR json_extract(:request, '$.ResourceId') IS NOT NULL)
    OR json_extract(:request, '$.ResourceEvaluationId') IS NULL AND (json_extract(:request, '$.ResourceType') IS NULL OR json_extract(:request, '$.ResourceId') IS NULL)
UNION ALL
SELECT 'InvalidParameterValueException', 'The ResourceEvaluationId ''' || json_extract(:request, '$.ResourceEvaluationId') || ''' provided in the request is invalid'
 WHERE json_extract(:request, '$.ResourceEvaluationId') IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM _resource_evaluation e WHERE e.account = :account AND e.region = :region AND e.evaluation_id = json_extract(:request, '$.ResourceEvaluationId'))
UNION ALL
SELECT 'InvalidParameterValueException', 'The ComplianceType INSUFFICIENT_DATA is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE'
  FROM json_each(:request, '$.ComplianceTypes') t WHERE t.value = 'INSUFFICIENT_DATA';

-- name: op_GetComplianceDetailsByResource_list
-- plan: scan
-- Of what is there, or of what is to be made: the request says one of the two. By rule; the same resource is there twice
-- where one of that id has no region.
SELECT json_object('EvaluationResultIdentifier',
           json_object('EvaluationResultQualifier', json_object('ConfigRuleName', f.rule, 'ResourceType', r.type, 'ResourceId', r.id, 'EvaluationMode', 'DETECTIVE'),
                       'OrderingTimestamp', f.ordering_ms / 1000.0),
         'ComplianceType', f.result, 'ResultRecordedTime', f.recorded_ms / 1000.0, 'ConfigRuleInvokedTime', f.invoked_ms / 1000.0,
         'Annotation', f.annotation) AS element, json_array(f.rule, f.rid) AS after, f.rule AS rule, f.rid AS rid
  FROM _resource r CROSS JOIN _finding f ON f.rid = r.rid
 WHERE r.id = json_extract(:request, '$.ResourceId') AND r.type = json_extract(:request, '$.ResourceType')
   AND f.account = :account AND f.region = :region
   AND (f.rule, f.rid) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), 0))
   AND CASE WHEN coalesce(json_array_length(:request, '$.ComplianceTypes'), 0) = 0 THEN f.result <> 'NOT_APPLICABLE'
            ELSE f.result IN (SELECT t.value FROM json_each(:request, '$.ComplianceTypes') t) END
UNION ALL
SELECT json_object('EvaluationResultIdentifier',
           json_object('EvaluationResultQualifier', json_object('ConfigRuleName', json_extract(x.value, '$.rule'), 'ResourceType', e.type, 'ResourceId', e.id, 'EvaluationMode', e.mode),
                       'OrderingTimestamp', e.started_ms / 1000.0, 'ResourceEvaluationId', e.evaluation_id),
         'ComplianceType', json_extract(x.value, '$.result'), 'ResultRecordedTime', json_extract(x.value, '$.recorded_ms') / 1000.0,
         'ConfigRuleInvokedTime', json_extract(x.value, '$.invoked_ms') / 1000.0, 'Annotation', json_extract(x.value, '$.annotation')),
       json_array(json_extract(x.value, '$.rule'), 0), json_extract(x.value, '$.rule'), 0
  FROM _resource_evaluation e, json_each(e.results) x
 WHERE e.account = :account AND e.region = :region AND e.evaluation_id = json_extract(:request, '$.ResourceEvaluationId')
   AND json_extract(x.value, '$.rule') > coalesce(json_extract(:after, '$[0]'), '')
   AND CASE WHEN coalesce(json_array_length(:request, '$.ComplianceTypes'), 0) = 0 THEN json_extract(x.value, '$.result') <> 'NOT_APPLICABLE'
            ELSE json_extract(x.value, '$.result') IN (SELECT t.value FROM json_each(:request, '$.ComplianceTypes') t) END
 ORDER BY 3, 4 LIMIT :limit;

-- name: op_GetComplianceSummaryByConfigRule_answer
-- plan: scan
-- Rules are counted, to 25.
WITH n AS (
  SELECT EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'NON_COMPLIANT') AS bad,
         EXISTS (SELECT 1 FROM _finding f WHERE f.account = c.account AND f.region = c.region AND f.rule = c.name AND f.result = 'COMPLIANT') AS good
    FROM _config_rule c WHERE c.account = :account AND c.region = :region),
s AS (SELECT coalesce(sum(n.good AND NOT n.bad), 0) AS good, coalesce(sum(n.bad), 0) AS bad FROM n)
SELECT json_object('ComplianceSummary', json_object(
         'CompliantResourceCount', json_object('CappedCount', min(s.good, 25), 'CapExceeded', s.good > 25),
         'NonCompliantResourceCount', json_object('CappedCount', min(s.bad, 25), 'CapExceeded', s.bad > 25),
         'ComplianceSummaryTimestamp', :now_ms / 1000.0)) AS body FROM s;

-- name: op_GetComplianceSummaryByResourceType_answer
-- plan: scan
-- Resources are counted, to 100: of each type that is named, or all of them.
WITH n AS (
  SELECT f.rid AS rid, max(f.result = 'NON_COMPLIANT') AS bad, max(f.result = 'COMPLIANT') AS good
    FROM _finding f WHERE f.account = :account AND f.region = :region GROUP BY f.rid),
s AS (
  SELECT t.key AS ord, t.value AS type, coalesce(sum(n.good AND NOT n.bad), 0) AS good, coalesce(sum(n.bad), 0) AS bad
    FROM json_each(CASE WHEN json_array_length(:request, '$.ResourceTypes') > 0 THEN json_extract(:request, '$.ResourceTypes') ELSE '[null]' END) t
    LEFT JOIN (n JOIN _resource r ON r.rid = n.rid) ON t.value IS NULL OR r.type = t.value
   GROUP BY t.key)
SELECT json_object('ComplianceSummariesByResourceType', (SELECT json_group_array(json_object('ResourceType', o.type, 'ComplianceSummary', json_object(
         'CompliantResourceCount', json_object('CappedCount', min(o.good, 100), 'CapExceeded', o.good > 100),
         'NonCompliantResourceCount', json_object('CappedCount', min(o.bad, 100), 'CapExceeded', o.bad > 100),
         'ComplianceSummaryTimestamp', :now_ms / 1000.0))) FROM (SELECT * FROM s ORDER BY s.ord) o)) AS body;
