-- Tags of the service's own objects: spec section 8.14.

-- name: op_TagResource_refuse
-- plan: scan
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'))
UNION ALL
SELECT 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'TooManyTagsException', 'You have reached the limit of the number of tags you can use: 50.'
 WHERE (SELECT count(*) FROM (SELECT g.key FROM _service_tag g WHERE g.arn = json_extract(:request, '$.ResourceArn')
                              UNION SELECT json_extract(t.value, '$.Key') FROM json_each(:request, '$.Tags') t)) > 50;

-- name: op_TagResource_write
INSERT INTO _service_tag(arn, key, value)
SELECT json_extract(:request, '$.ResourceArn'), json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM json_each(:request, '$.Tags') t WHERE true
ON CONFLICT (arn, key) DO UPDATE SET value = excluded.value;

-- name: op_UntagResource_refuse
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'));

-- name: op_UntagResource_write
DELETE FROM _service_tag WHERE arn = json_extract(:request, '$.ResourceArn') AND key IN (SELECT t.value FROM json_each(:request, '$.TagKeys') t);

-- name: op_ListTagsForResource_refuse
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'));

-- name: op_ListTagsForResource_answer
-- All of them, whatever Limit says, as the service does.
SELECT json_object('Tags', json_group_array(json_object('Key', g.key, 'Value', g.value))) AS body
  FROM _service_tag g WHERE g.arn = json_extract(:request, '$.ResourceArn');
