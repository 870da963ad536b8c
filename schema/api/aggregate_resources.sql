-- What an aggregator shows of resources: spec section 8.10. `a` is the aggregator that is named, which is the one there is now,
-- also where the past is asked about.

-- name: op_ListAggregateDiscoveredResources_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_ListAggregateDiscoveredResources_list
-- plan: scan
-- In the order of _resource_type, each account and region by itself by id.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName'))
SELECT json_object('SourceAccountId', r.account, 'SourceRegion', r.region, 'ResourceId', r.id, 'ResourceType', r.type,
                   'ResourceName', nullif(coalesce(i.name, r.name), '')) AS element, json_array(r.account, r.region, r.id) AS after
  FROM _resource r CROSS JOIN _item i
    ON i.item_id = CASE WHEN :at_ms >= 253402300799000 THEN r.last_item
                   ELSE (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                          ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
 WHERE r.type = json_extract(:request, '$.ResourceType') AND i.event <> 'deleted'
   AND (r.account, r.region, r.id) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''), coalesce(json_extract(:after, '$[2]'), ''))
   AND ((SELECT a.accounts FROM a) IS NULL OR r.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
   AND ((SELECT a.regions FROM a) IS NULL OR r.region = 'global' OR r.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
   AND ((SELECT a.types FROM a) IS NULL OR glob_any(r.type, (SELECT a.types FROM a)))
   AND ((SELECT a.service_types FROM a) IS NULL OR glob_any(r.type, (SELECT a.service_types FROM a)))
   AND +r.account = coalesce(json_extract(:request, '$.Filters.AccountId'), r.account) AND +r.region = coalesce(json_extract(:request, '$.Filters.Region'), r.region)
   AND +r.id = coalesce(json_extract(:request, '$.Filters.ResourceId'), r.id)
   AND (json_extract(:request, '$.Filters.ResourceName') IS NULL OR coalesce(i.name, r.name) = json_extract(:request, '$.Filters.ResourceName'))
   AND EXISTS (SELECT 1 FROM a)
 ORDER BY r.account, r.region, r.id LIMIT :limit;

-- name: op_GetAggregateDiscoveredResourceCounts_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_GetAggregateDiscoveredResourceCounts_answer
-- plan: scan
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT c.type AS type, c.account AS account, c.region AS region, c.n AS n
    FROM (SELECT r.type AS type, r.account AS account, r.region AS region, count(*) AS n FROM _resource r
           WHERE CASE WHEN :at_ms >= 253402300799000 THEN r.deleted = 0
               ELSE (SELECT x.event <> 'deleted' FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
           GROUP BY r.type, r.account, r.region) c
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR c.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR c.region = 'global' OR c.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND ((SELECT a.types FROM a) IS NULL OR glob_any(c.type, (SELECT a.types FROM a)))
     AND ((SELECT a.service_types FROM a) IS NULL OR glob_any(c.type, (SELECT a.service_types FROM a)))
     AND c.type = coalesce(json_extract(:request, '$.Filters.ResourceType'), c.type) AND c.account = coalesce(json_extract(:request, '$.Filters.AccountId'), c.account)
     AND c.region = coalesce(json_extract(:request, '$.Filters.Region'), c.region))
SELECT json_object('TotalDiscoveredResources', coalesce(sum(n.n), 0), 'GroupByKey', json_extract(:request, '$.GroupByKey')) AS body FROM n;

-- name: op_GetAggregateDiscoveredResourceCounts_list
-- plan: scan
-- Groups where they are asked for, by name.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName')),
n AS (
  SELECT c.type AS type, c.account AS account, c.region AS region, c.n AS n
    FROM (SELECT r.type AS type, r.account AS account, r.region AS region, count(*) AS n FROM _resource r
           WHERE CASE WHEN :at_ms >= 253402300799000 THEN r.deleted = 0
               ELSE (SELECT x.event <> 'deleted' FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
           GROUP BY r.type, r.account, r.region) c
   WHERE EXISTS (SELECT 1 FROM a)
     AND ((SELECT a.accounts FROM a) IS NULL OR c.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
     AND ((SELECT a.regions FROM a) IS NULL OR c.region = 'global' OR c.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
     AND ((SELECT a.types FROM a) IS NULL OR glob_any(c.type, (SELECT a.types FROM a)))
     AND ((SELECT a.service_types FROM a) IS NULL OR glob_any(c.type, (SELECT a.service_types FROM a)))
     AND c.type = coalesce(json_extract(:request, '$.Filters.ResourceType'), c.type) AND c.account = coalesce(json_extract(:request, '$.Filters.AccountId'), c.account)
     AND c.region = coalesce(json_extract(:request, '$.Filters.Region'), c.region)),
g AS (
  SELECT CASE json_extract(:request, '$.GroupByKey') WHEN 'RESOURCE_TYPE' THEN n.type WHEN 'ACCOUNT_ID' THEN n.account ELSE n.region END AS name, sum(n.n) AS n
    FROM n WHERE json_extract(:request, '$.GroupByKey') IS NOT NULL GROUP BY 1)
SELECT json_object('GroupName', g.name, 'ResourceCount', g.n) AS element, g.name AS after
  FROM g WHERE g.name > coalesce(:after, '') ORDER BY g.name LIMIT :limit;

-- name: op_GetAggregateResourceConfig_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_BatchGetAggregateResourceConfig_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: op_SelectAggregateResourceConfig_refuse
SELECT 'NoSuchConfigurationAggregatorException' AS error,
       'The configuration aggregator does not exist. Check the configuration aggregator name and try again.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _aggregator a WHERE a.account = :account AND a.region = :region AND a.name = json_extract(:request, '$.ConfigurationAggregatorName'));

-- name: aggregate_in_force
-- plan: scan
-- The item in force of a resource that is not gone. What has no region is found from each, as everywhere.
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName'))
SELECT i.item_id AS item_id, i.captured_ms AS captured_ms, i.created_ms AS created_ms, i.status AS status, i.az AS az, r.account AS account,
       r.region AS region, r.type AS type, r.id AS id, nullif(coalesce(i.name, r.name), '') AS name, nullif(coalesce(i.arn, r.arn), '') AS arn,
       coalesce(i.state_id, i.captured_ms) AS state_id, i.extra AS extra, i.document_id AS document_id,
       (SELECT d.document FROM _item_document d WHERE d.item_id = i.item_id) AS document
  FROM _resource r CROSS JOIN _item i
    ON i.item_id = CASE WHEN :at_ms >= 253402300799000 THEN r.last_item
                   ELSE (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                          ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
 WHERE r.id = :id AND r.type = :type AND r.account = :source_account AND r.region IN (:source_region, 'global') AND i.event <> 'deleted'
   AND ((SELECT a.accounts FROM a) IS NULL OR r.account IN (SELECT j.value FROM json_each((SELECT a.accounts FROM a)) j))
   AND ((SELECT a.regions FROM a) IS NULL OR r.region = 'global' OR r.region IN (SELECT j.value FROM json_each((SELECT a.regions FROM a)) j))
   AND ((SELECT a.types FROM a) IS NULL OR glob_any(r.type, (SELECT a.types FROM a)))
   AND ((SELECT a.service_types FROM a) IS NULL OR glob_any(r.type, (SELECT a.service_types FROM a)))
   AND EXISTS (SELECT 1 FROM a)
 ORDER BY r.region = 'global' LIMIT 1;

-- name: aggregate_scope
-- plan: scan
WITH a AS (SELECT g.accounts, g.regions, g.types, g.service_types FROM _aggregate g
            WHERE g.account = :account AND g.region = :region AND g.name = json_extract(:request, '$.ConfigurationAggregatorName'))
SELECT a.accounts AS accounts, a.regions AS regions,
       CASE WHEN a.types IS NOT NULL OR a.service_types IS NOT NULL THEN
         (SELECT json_group_array(t.type) FROM (SELECT DISTINCT r.type AS type FROM _resource r) t
           WHERE (a.types IS NULL OR glob_any(t.type, a.types)) AND (a.service_types IS NULL OR glob_any(t.type, a.service_types))) END AS types
  FROM a;
