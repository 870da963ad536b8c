-- Stored queries. AWS Config: spec section 7.4 and 8.5.

-- name: op_PutStoredQuery_refuse
-- plan: scan
SELECT 'InvalidInput' AS error, 'Duplicate tag keys found. Please note that Tag keys are case insensitive.' AS message
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'ValidationException', 'You have reached the limit of the number of stored queries: 300.'
 WHERE NOT EXISTS (SELECT 1 FROM _stored_query q WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.StoredQuery.QueryName'))
   AND (SELECT count(*) FROM _stored_query q WHERE q.account = :account AND q.region = :region) >= 300;

-- name: op_PutStoredQuery_write
-- plan: scan
INSERT INTO _stored_query(account, region, name, query_id, arn, description, expression, changed_ms)
SELECT :account, :region, n.name, n.id, config_arn(:region, :account, 'stored-query/' || n.name || '/' || n.id),
       json_extract(:request, '$.StoredQuery.Description'), coalesce(json_extract(:request, '$.StoredQuery.Expression'), ''), :now_ms
  FROM (SELECT json_extract(:request, '$.StoredQuery.QueryName') AS name, 'query-' || random_id(16) AS id LIMIT 1) n
 WHERE true
ON CONFLICT (account, region, name) DO UPDATE
   SET description = excluded.description, expression = excluded.expression, changed_ms = excluded.changed_ms, revision = revision + 1;

-- name: op_PutStoredQuery_write_2
-- Tags are for what is new; those of a query that is there already are TagResource's.
INSERT INTO _service_tag(arn, key, value)
SELECT q.arn, json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM _stored_query q JOIN json_each(:request, '$.Tags') t
 WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.StoredQuery.QueryName') AND q.revision = 1;

-- name: op_PutStoredQuery_answer
SELECT json_object('QueryArn', q.arn) AS body
  FROM _stored_query q WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.StoredQuery.QueryName');

-- name: op_GetStoredQuery_refuse
SELECT 'ResourceNotFoundException' AS error, 'You have specified a resource that does not exist.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _stored_query q WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.QueryName'));

-- name: op_GetStoredQuery_answer
SELECT json_object('StoredQuery', json_object('QueryId', q.query_id, 'QueryArn', q.arn, 'QueryName', q.name,
                                              'Description', q.description, 'Expression', q.expression)) AS body
  FROM _stored_query q WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.QueryName');

-- name: op_ListStoredQueries_list
SELECT json_object('QueryId', q.query_id, 'QueryArn', q.arn, 'QueryName', q.name, 'Description', q.description) AS element, q.name AS after
  FROM _stored_query q
 WHERE q.account = :account AND q.region = :region AND q.name > coalesce(:after, '')
 ORDER BY q.name LIMIT :limit;

-- name: op_DeleteStoredQuery_refuse
SELECT 'ResourceNotFoundException' AS error, 'You have specified a resource that does not exist.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _stored_query q WHERE q.account = :account AND q.region = :region AND q.name = json_extract(:request, '$.QueryName'));

-- name: op_DeleteStoredQuery_write
DELETE FROM _stored_query WHERE account = :account AND region = :region AND name = json_extract(:request, '$.QueryName');
