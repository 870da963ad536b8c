-- Tags of the service's own objects: spec section 8.14. A recorder keeps its own, whoever asks for it under whatever ARN; they are recorded
-- with it by the next sweep.

-- name: op_TagResource_refuse
-- plan: scan
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'))
   AND NOT EXISTS (SELECT 1 FROM _recorder r WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn'))
UNION ALL
SELECT 'InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'
 WHERE (SELECT count(*) <> count(DISTINCT lower(json_extract(t.value, '$.Key'))) FROM json_each(:request, '$.Tags') t)
UNION ALL
SELECT 'TooManyTagsException', 'You have reached the limit of the number of tags you can use: 50.'
 WHERE (SELECT count(*) FROM (SELECT g.key FROM _service_tag g WHERE g.arn = json_extract(:request, '$.ResourceArn')
                              UNION SELECT v.key FROM _recorder r JOIN json_each(r.tags) v WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn')
                              UNION SELECT json_extract(t.value, '$.Key') FROM json_each(:request, '$.Tags') t)) > 50;

-- name: op_TagResource_write
-- plan: scan
INSERT INTO _service_tag(arn, key, value)
SELECT json_extract(:request, '$.ResourceArn'), json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), '')
  FROM json_each(:request, '$.Tags') t
 WHERE EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'))
ON CONFLICT (arn, key) DO UPDATE SET value = excluded.value;

-- name: op_TagResource_write_2
-- plan: scan
UPDATE _recorder AS r
   SET tags = json_patch(r.tags, (SELECT json_group_object(json_extract(t.value, '$.Key'), coalesce(json_extract(t.value, '$.Value'), ''))
                                    FROM json_each(:request, '$.Tags') t))
 WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn');

-- name: op_UntagResource_refuse
-- plan: scan
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'))
   AND NOT EXISTS (SELECT 1 FROM _recorder r WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn'));

-- name: op_UntagResource_write
DELETE FROM _service_tag WHERE arn = json_extract(:request, '$.ResourceArn') AND key IN (SELECT t.value FROM json_each(:request, '$.TagKeys') t);

-- name: op_UntagResource_write_2
-- plan: scan
UPDATE _recorder AS r
   SET tags = (SELECT json_group_object(v.key, v.value) FROM json_each(r.tags) v
                WHERE v.key NOT IN (SELECT t.value FROM json_each(:request, '$.TagKeys') t))
 WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn');

-- name: op_ListTagsForResource_refuse
-- plan: scan
SELECT 'ResourceNotFoundException' AS error, 'ResourceArn ''' || json_extract(:request, '$.ResourceArn') || ''' does not exist' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _service_object o WHERE o.arn = json_extract(:request, '$.ResourceArn'))
   AND NOT EXISTS (SELECT 1 FROM _recorder r WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn'));

-- name: op_ListTagsForResource_answer
-- plan: scan
-- All of them, whatever Limit says, as the service does.
SELECT json_object('Tags', json_group_array(json_object('Key', g.key, 'Value', g.value))) AS body
  FROM (SELECT t.key, t.value FROM _service_tag t WHERE t.arn = json_extract(:request, '$.ResourceArn')
        UNION ALL SELECT v.key, v.value FROM _recorder r JOIN json_each(r.tags) v
                   WHERE config_arn(:region, :account, 'configuration-recorder/' || r.name || '/' || r.suffix) = json_extract(:request, '$.ResourceArn')) g;
