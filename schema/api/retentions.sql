-- How long items are kept that are no longer in force: spec section 5.6. One for the whole store, whoever asks; it is the one of
-- siltstone retention. Without a row items are kept for ever, where AWS Config keeps them for seven years.

-- name: op_PutRetentionConfiguration_write
INSERT INTO _retention(name, days) VALUES ('default', json_extract(:request, '$.RetentionPeriodInDays'))
ON CONFLICT (name) DO UPDATE SET days = excluded.days;

-- name: op_PutRetentionConfiguration_answer
SELECT json_object('RetentionConfiguration', json_object('Name', t.name, 'RetentionPeriodInDays', t.days)) AS body
  FROM _retention t WHERE t.name = 'default';

-- name: op_DescribeRetentionConfigurations_refuse
SELECT 'NoSuchRetentionConfigurationException' AS error,
       'Cannot find retention configuration with the specified name ''' || n.value || '''.' AS message
  FROM json_each(:request, '$.RetentionConfigurationNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _retention t WHERE t.name = n.value);

-- name: op_DescribeRetentionConfigurations_list
SELECT json_object('Name', t.name, 'RetentionPeriodInDays', t.days) AS element, t.name AS after
  FROM _retention t WHERE t.name > coalesce(:after, '') ORDER BY t.name LIMIT :limit;

-- name: op_DeleteRetentionConfiguration_refuse
SELECT 'NoSuchRetentionConfigurationException' AS error,
       'Cannot find retention configuration with the specified name ''' || json_extract(:request, '$.RetentionConfigurationName') || '''.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _retention t WHERE t.name = json_extract(:request, '$.RetentionConfigurationName'));

-- name: op_DeleteRetentionConfiguration_write
DELETE FROM _retention WHERE name = json_extract(:request, '$.RetentionConfigurationName');
