-- Aggregators: spec sections 7.4 and 8.10. Each is read from this store when it is asked for. There is one that keeps all of
-- it, so that what an account lets others collect decides nothing but which requests are pending.

-- name: op_PutConfigurationAggregator_refuse
-- plan: scan
WITH q AS (
  SELECT json_array_length(:request, '$.AccountAggregationSources') > 0 AS listed, json_type(:request, '$.OrganizationAggregationSource') = 'object' AS organized,
         CASE WHEN json_array_length(:request, '$.AccountAggregationSources') > 0 THEN json_extract(:request, '$.AccountAggregationSources[0]')
              ELSE json_extract(:request, '$.OrganizationAggregationSource') END AS source)
SELECT 'InvalidInput' AS error, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.' AS message
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'InvalidParameterValueException', 'The configuration aggregator cannot be created because your request contains both the AccountAggregationSource and the OrganizationAggregationSource. Include only one aggregation source and try again.'
  FROM q WHERE q.listed AND q.organized
UNION ALL
SELECT 'InvalidParameterValueException', 'The configuration aggregator cannot be created because your request is missing either the AccountAggregationSource or the OrganizationAggregationSource. Include the appropriate aggregation source and try again.'
  FROM q WHERE q.source IS NULL
UNION ALL
SELECT 'InvalidParameterValueException', 'Your configuration aggregator contains a list of regions and also specifies the use of all regions. You must choose one of these options.'
  FROM q WHERE json_extract(q.source, '$.AllAwsRegions') AND json_array_length(q.source, '$.AwsRegions') > 0
UNION ALL
SELECT 'InvalidParameterValueException', 'Your request does not specify any regions. Select AWS Config-supported regions and try again.'
  FROM q WHERE NOT coalesce(json_extract(q.source, '$.AllAwsRegions'), 0) AND NOT coalesce(json_array_length(q.source, '$.AwsRegions'), 0)
UNION ALL
SELECT 'InvalidRoleException', 'The role ' || json_extract(q.source, '$.RoleArn') || ' is no ARN of an IAM role'
  FROM q WHERE q.organized AND json_extract(q.source, '$.RoleArn') NOT LIKE 'arn:aws%:iam::____________:role/_%';

-- name: op_PutConfigurationAggregator_refuse_2
-- plan: scan
SELECT 'LimitExceededException' AS error, 'An aggregator has 10000 accounts at most.' AS message
 WHERE json_array_length(:request, '$.AccountAggregationSources[0].AccountIds') > 10000
UNION ALL
SELECT 'LimitExceededException', 'You have reached the limit of the number of configuration aggregators: 50.'
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'))
   AND (SELECT count(*) FROM _aggregator a WHERE a.account = :account AND a.region = :region) >= 50;

-- name: op_PutConfigurationAggregator_write
-- plan: scan
INSERT INTO _aggregator(account, region, name, arn, accounts, role, regions, filters, created_ms, changed_ms)
SELECT :account, :region, json_extract(:request, '$.ConfigurationAggregatorName'), config_arn(:region, :account, 'config-aggregator/config-aggregator-' || random_id(8)),
       json_extract(q.source, '$.AccountIds'), json_extract(q.source, '$.RoleArn'),
       CASE WHEN json_extract(q.source, '$.AllAwsRegions') THEN NULL ELSE json_extract(q.source, '$.AwsRegions') END,
       json_extract(:request, '$.AggregatorFilters'), :now_ms, :now_ms
  FROM (SELECT CASE WHEN json_array_length(:request, '$.AccountAggregationSources') > 0 THEN json_extract(:request, '$.AccountAggregationSources[0]')
                    ELSE json_extract(:request, '$.OrganizationAggregationSource') END AS source) q
 WHERE true
ON CONFLICT (account, region, name) DO UPDATE
   SET accounts = excluded.accounts, role = excluded.role, regions = excluded.regions, filters = excluded.filters,
       changed_ms = excluded.changed_ms, revision = revision + 1;

-- name: op_PutConfigurationAggregator_write_2
-- Tags are for what is new.
INSERT INTO _service_tag(arn, key, value)
SELECT a.arn, json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM _aggregator a JOIN json_each(:request, '$.Tags') t
 WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName') AND a.revision = 1;

-- name: op_PutConfigurationAggregator_answer
SELECT json_object('ConfigurationAggregator', json(a.told)) AS body
  FROM _aggregator_told a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName');

-- name: op_DescribeConfigurationAggregators_refuse
-- plan: scan
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       CASE WHEN json_array_length(:request, '$.ConfigurationAggregatorNames') > 1
            THEN 'At least one of the configuration aggregators does not exist. Check the configuration aggregator names and try again.'
            ELSE 'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' END AS message
  FROM json_each(:request, '$.ConfigurationAggregatorNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = n.value);

-- name: op_DescribeConfigurationAggregators_list
SELECT a.told AS element, a.name AS after
  FROM _aggregator_told a
 WHERE a.account = :account AND a.region = :region AND a.name > coalesce(:after, '')
   AND (coalesce(json_array_length(:request, '$.ConfigurationAggregatorNames'), 0) = 0
        OR a.name IN (SELECT n.value FROM json_each(:request, '$.ConfigurationAggregatorNames') n))
 ORDER BY a.name LIMIT :limit;

-- name: op_DeleteConfigurationAggregator_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_DeleteConfigurationAggregator_write
DELETE FROM _aggregator WHERE account = :account AND region = :region AND name = json_extract(:request, '$.ConfigurationAggregatorName');

-- name: op_DescribeConfigurationAggregatorSourcesStatus_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_DescribeConfigurationAggregatorSourcesStatus_list
-- plan: scan
-- How looking went in each place that is named, or known. What was last seen longer than two intervals ago is out of date, and
-- so is what could not be looked at since; FAILED is where nothing was ever seen. What came by import or push is as good as
-- its newest item. An organization stands before its accounts.
WITH a AS (SELECT g.accounts, g.regions, g.changed_ms FROM _aggregator g WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
f AS MATERIALIZED (
  SELECT c.account AS account, c.region AS region, max(CASE WHEN c.outcome IN ('complete', 'partial') THEN c.sweep_ms END) AS seen_ms,
         max(CASE WHEN c.outcome IN ('complete', 'partial') THEN c.ended_ms END) AS ended_ms, max(CASE WHEN c.outcome = 'failed' THEN c.sweep_ms END) AS failed_ms
    FROM _coverage c WHERE c.started_ms <= :at_ms GROUP BY c.account, c.region),
k AS MATERIALIZED (
  SELECT f.account AS account, f.region AS region FROM f WHERE f.account <> '' AND f.region <> ''
  UNION
  SELECT r.account, r.region FROM _resource r
   WHERE :at_ms >= 253402300799000 OR EXISTS (SELECT 1 FROM _item i WHERE i.rid = r.rid AND i.captured_ms <= :at_ms)),
u AS (
  SELECT j.value AS account FROM json_each((SELECT a.accounts FROM a)) j
  UNION
  SELECT k.account FROM k WHERE (SELECT a.accounts FROM a) IS NULL),
-- Without a region: an account of which nothing is known that has one.
s AS (
  SELECT u.account AS account, j.value AS region FROM u CROSS JOIN (SELECT DISTINCT g.value AS value FROM json_each((SELECT a.regions FROM a)) g) j
  UNION ALL
  SELECT u.account, k.region FROM u JOIN k ON k.account = u.account AND k.region <> 'global' WHERE (SELECT a.regions FROM a) IS NULL
  UNION ALL
  SELECT u.account, NULL FROM u
   WHERE (SELECT a.regions FROM a) IS NULL AND NOT EXISTS (SELECT 1 FROM k WHERE k.account = u.account AND k.region <> 'global')),
t AS (
  SELECT s.account AS account, s.region AS region, max(f.seen_ms) AS seen_ms, max(f.ended_ms) AS ended_ms, max(f.failed_ms) AS failed_ms,
         (SELECT i.recorded_ms FROM _item i
           WHERE i.item_id = CASE WHEN :at_ms >= 253402300799000
                   THEN (SELECT max(r.last_item) FROM _resource r WHERE r.account = s.account AND r.region = coalesce(s.region, r.region))
                   ELSE (SELECT max(x.item_id) FROM _resource r JOIN _item x ON x.rid = r.rid
                          WHERE r.account = s.account AND r.region = coalesce(s.region, r.region) AND x.captured_ms <= :at_ms) END) AS item_ms
    FROM s LEFT JOIN f ON f.account IN ('', s.account) AND (s.region IS NULL OR f.region IN ('', s.region))
   GROUP BY s.account, s.region),
v AS (
  SELECT t.account AS account, t.region AS region, t.failed_ms AS failed_ms, coalesce(t.ended_ms, t.item_ms, t.failed_ms) AS at_ms, t.item_ms AS item_ms,
         CASE WHEN t.seen_ms IS NULL AND t.item_ms IS NULL THEN 'FAILED'
              WHEN t.failed_ms > coalesce(t.seen_ms, 0) THEN 'OUTDATED'
              WHEN t.seen_ms < min(:now_ms, :at_ms) - 2 * coalesce((SELECT min(CASE r.frequency WHEN 'DAILY' THEN max(r.every_ms, 86400000) ELSE r.every_ms END)
                                                                      FROM _recorder r WHERE r.principal IS NULL), 43200000) THEN 'OUTDATED'
              ELSE 'SUCCEEDED' END AS status
    FROM t),
w AS (
  SELECT ' ' AS account, '' AS region,
         json_object('SourceId', 'Organization', 'SourceType', 'ORGANIZATION', 'AwsRegion', :region, 'LastUpdateStatus', 'SUCCEEDED', 'LastUpdateTime', coalesce((SELECT max(v.at_ms) FROM v), a.changed_ms) / 1000.0) AS element, 'SUCCEEDED' AS status
    FROM a WHERE a.accounts IS NULL
  UNION ALL
  SELECT v.account, coalesce(v.region, ''),
         json_object('SourceId', v.account, 'SourceType', 'ACCOUNT', 'AwsRegion', v.region, 'LastUpdateStatus', v.status, 'LastUpdateTime', v.at_ms / 1000.0,
           'LastErrorCode', CASE WHEN v.status <> 'SUCCEEDED' THEN
              coalesce((SELECT c.code FROM _coverage c WHERE c.sweep_ms = v.failed_ms AND c.outcome = 'failed' AND c.account IN ('', v.account) AND c.region IN ('', v.region)
                         ORDER BY c.type LIMIT 1), CASE WHEN v.failed_ms IS NULL AND v.at_ms IS NULL THEN 'NotRecorded' WHEN v.failed_ms IS NULL THEN 'NotUpdated' ELSE 'NotReached' END) END,
           'LastErrorMessage', CASE WHEN v.status <> 'SUCCEEDED' THEN
              coalesce((SELECT c.reason FROM _coverage c WHERE c.sweep_ms = v.failed_ms AND c.outcome = 'failed' AND c.account IN ('', v.account) AND c.region IN ('', v.region)
                         ORDER BY c.type LIMIT 1), CASE WHEN v.at_ms IS NULL THEN 'Nothing of this account and region is recorded here.' ELSE 'There was no look at it lately.' END) END),
         v.status
    FROM v)
SELECT w.element AS element, json_array(w.account, w.region) AS after
  FROM w
 WHERE (:after IS NULL OR (w.account, w.region) > (json_extract(:after, '$[0]'), json_extract(:after, '$[1]')))
   AND (json_type(:request, '$.UpdateStatus') IS NULL OR w.status IN (SELECT x.value FROM json_each(:request, '$.UpdateStatus') x))
 ORDER BY w.account, w.region LIMIT :limit;

-- name: op_PutAggregationAuthorization_refuse
-- plan: scan
SELECT 'InvalidInput' AS error, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.' AS message
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t);

-- name: op_PutAggregationAuthorization_write
-- Tags are for what is new, and so they go first.
INSERT INTO _service_tag(arn, key, value)
SELECT config_arn(:region, :account, 'aggregation-authorization/' || json_extract(:request, '$.AuthorizedAccountId') || '/' || json_extract(:request, '$.AuthorizedAwsRegion')),
       json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM json_each(:request, '$.Tags') t
 WHERE NOT EXISTS (SELECT 1 FROM _aggregation_authorization z
                    WHERE z.account = :account AND z.region = :region
                      AND z.to_account = json_extract(:request, '$.AuthorizedAccountId') AND z.to_region = json_extract(:request, '$.AuthorizedAwsRegion'));

-- name: op_PutAggregationAuthorization_write_2
INSERT INTO _aggregation_authorization(account, region, to_account, to_region, arn, created_ms)
SELECT :account, :region, json_extract(:request, '$.AuthorizedAccountId'), json_extract(:request, '$.AuthorizedAwsRegion'),
       config_arn(:region, :account, 'aggregation-authorization/' || json_extract(:request, '$.AuthorizedAccountId') || '/' || json_extract(:request, '$.AuthorizedAwsRegion')),
       :now_ms
 WHERE true
ON CONFLICT (account, region, to_account, to_region) DO NOTHING;

-- name: op_PutAggregationAuthorization_answer
SELECT json_object('AggregationAuthorization', json_object('AggregationAuthorizationArn', z.arn, 'AuthorizedAccountId', z.to_account,
                                                           'AuthorizedAwsRegion', z.to_region, 'CreationTime', z.created_ms / 1000.0)) AS body
  FROM _aggregation_authorization z
 WHERE z.account = :account AND z.region = :region
   AND z.to_account = json_extract(:request, '$.AuthorizedAccountId') AND z.to_region = json_extract(:request, '$.AuthorizedAwsRegion');

-- name: op_DescribeAggregationAuthorizations_list
SELECT json_object('AggregationAuthorizationArn', z.arn, 'AuthorizedAccountId', z.to_account, 'AuthorizedAwsRegion', z.to_region,
                   'CreationTime', z.created_ms / 1000.0) AS element, json_array(z.to_account, z.to_region) AS after
  FROM _aggregation_authorization z
 WHERE z.account = :account AND z.region = :region
   AND (z.to_account, z.to_region) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''))
 ORDER BY z.to_account, z.to_region LIMIT :limit;

-- name: op_DeleteAggregationAuthorization_write
-- One that is not there is gone, too.
DELETE FROM _aggregation_authorization
 WHERE account = :account AND region = :region
   AND to_account = json_extract(:request, '$.AuthorizedAccountId') AND to_region = json_extract(:request, '$.AuthorizedAwsRegion');

-- name: op_DescribePendingAggregationRequests_list
-- plan: scan
SELECT json_object('RequesterAccountId', p.by_account, 'RequesterAwsRegion', p.by_region) AS element, json_array(p.by_account, p.by_region) AS after
  FROM _aggregation_request p
 WHERE p.account = :account AND (p.regions IS NULL OR :region IN (SELECT g.value FROM json_each(p.regions) g))
   AND (p.by_account, p.by_region) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''))
   AND NOT EXISTS (SELECT 1 FROM _aggregation_authorization z
                    WHERE z.account = :account AND z.region = :region AND z.to_account = p.by_account AND z.to_region = p.by_region)
   AND NOT EXISTS (SELECT 1 FROM _aggregation_refusal x
                    WHERE x.account = :account AND x.region = :region AND x.by_account = p.by_account AND x.by_region = p.by_region AND x.refused_ms >= p.changed_ms)
 GROUP BY p.by_account, p.by_region
 ORDER BY p.by_account, p.by_region LIMIT :limit;

-- name: op_DeletePendingAggregationRequest_write
-- One that is not there is gone, too.
INSERT INTO _aggregation_refusal(account, region, by_account, by_region, refused_ms)
SELECT :account, :region, json_extract(:request, '$.RequesterAccountId'), json_extract(:request, '$.RequesterAwsRegion'), :now_ms
 WHERE EXISTS (SELECT 1 FROM _aggregator a
                WHERE a.account = json_extract(:request, '$.RequesterAccountId') AND a.region = json_extract(:request, '$.RequesterAwsRegion'))
ON CONFLICT (account, region, by_account, by_region) DO UPDATE SET refused_ms = excluded.refused_ms;
