-- What was discovered: spec section 8.4. Resources that have no region of their own are found from every region.

-- name: op_ListDiscoveredResources_refuse
SELECT 'ValidationException' AS error, 'Both Resource ID and Resource Name cannot be specified in the request' AS message
 WHERE json_type(:request, '$.resourceIds') IS NOT NULL AND json_type(:request, '$.resourceName') IS NOT NULL;

-- name: op_ListDiscoveredResources_list
-- By id. Two halves, as each is in the order of the index _resource_place then.
SELECT json_object('resourceType', r.type, 'resourceId', r.id, 'resourceName', nullif(coalesce(i.name, r.name), ''),
                   'resourceDeletionTime', CASE i.event WHEN 'deleted' THEN i.captured_ms / 1000.0 END) AS element,
       json_array(r.id, r.region) AS after, r.id AS id, r.region AS region
  FROM _resource r CROSS JOIN _item i
    ON i.item_id = CASE WHEN :at_ms >= 253402300799000 THEN r.last_item
                   ELSE (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                          ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
 WHERE r.account = :account AND r.region = :region AND r.type = json_extract(:request, '$.resourceType')
   AND (r.id, r.region) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''))
   AND (i.event <> 'deleted' OR json_extract(:request, '$.includeDeletedResources'))
   AND (json_type(:request, '$.resourceIds') IS NULL OR r.id IN (SELECT j.value FROM json_each(:request, '$.resourceIds') j))
   AND (json_type(:request, '$.resourceName') IS NULL OR coalesce(i.name, r.name) = json_extract(:request, '$.resourceName'))
UNION ALL
SELECT json_object('resourceType', r.type, 'resourceId', r.id, 'resourceName', nullif(coalesce(i.name, r.name), ''),
                   'resourceDeletionTime', CASE i.event WHEN 'deleted' THEN i.captured_ms / 1000.0 END) AS element,
       json_array(r.id, r.region) AS after, r.id AS id, r.region AS region
  FROM _resource r CROSS JOIN _item i
    ON i.item_id = CASE WHEN :at_ms >= 253402300799000 THEN r.last_item
                   ELSE (SELECT x.item_id FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                          ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
 WHERE r.account = :account AND r.region = 'global' AND :region <> 'global' AND r.type = json_extract(:request, '$.resourceType')
   AND (r.id, r.region) > (coalesce(json_extract(:after, '$[0]'), ''), coalesce(json_extract(:after, '$[1]'), ''))
   AND (i.event <> 'deleted' OR json_extract(:request, '$.includeDeletedResources'))
   AND (json_type(:request, '$.resourceIds') IS NULL OR r.id IN (SELECT j.value FROM json_each(:request, '$.resourceIds') j))
   AND (json_type(:request, '$.resourceName') IS NULL OR coalesce(i.name, r.name) = json_extract(:request, '$.resourceName'))
 ORDER BY 3, 4 LIMIT :limit;

-- name: op_GetDiscoveredResourceCounts_answer
-- plan: scan
SELECT json_object('totalDiscoveredResources', count(*)) AS body
  FROM _resource r
 WHERE r.account = :account AND r.region IN (:region, 'global')
   AND CASE WHEN :at_ms >= 253402300799000 THEN r.deleted = 0
       ELSE (SELECT x.event <> 'deleted' FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
              ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
   AND (coalesce(json_array_length(:request, '$.resourceTypes'), 0) = 0 OR r.type IN (SELECT j.value FROM json_each(:request, '$.resourceTypes') j));

-- name: op_GetDiscoveredResourceCounts_list
-- plan: scan
-- Most first.
SELECT json_object('resourceType', n.type, 'count', n.n) AS element, json_array(n.n, n.type) AS after
  FROM (SELECT r.type AS type, count(*) AS n FROM _resource r
         WHERE r.account = :account AND r.region IN (:region, 'global')
           AND CASE WHEN :at_ms >= 253402300799000 THEN r.deleted = 0
               ELSE (SELECT x.event <> 'deleted' FROM _item x WHERE x.rid = r.rid AND x.captured_ms <= :at_ms
                      ORDER BY x.captured_ms DESC, x.version DESC LIMIT 1) END
           AND (coalesce(json_array_length(:request, '$.resourceTypes'), 0) = 0 OR r.type IN (SELECT j.value FROM json_each(:request, '$.resourceTypes') j))
         GROUP BY r.type) n
 WHERE :after IS NULL OR n.n < json_extract(:after, '$[0]') OR n.n = json_extract(:after, '$[0]') AND n.type > json_extract(:after, '$[1]')
 ORDER BY n.n DESC, n.type LIMIT :limit;
