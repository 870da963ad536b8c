-- Delivery channels: spec sections 3.5, 3.6 and 8.2. They are those of siltstone channel, for every account and region the same. A folder
-- (dir:PATH) stands where the name of a bucket does; endpoints and profiles are not told. PutDeliveryChannel is in src/api/channels.c.

-- name: op_DescribeDeliveryChannels_refuse
-- plan: scan
SELECT 'NoSuchDeliveryChannelException' AS error, 'Cannot find delivery channel with specified name ''' || n.value || '''.' AS message
  FROM json_each(:request, '$.DeliveryChannelNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _channel c WHERE c.name = n.value);

-- name: op_DescribeDeliveryChannels_answer
-- plan: scan
SELECT json_object('DeliveryChannels', json((SELECT json_group_array(json(x.body)) FROM (
  SELECT json_object('name', c.name, 's3BucketName', CASE WHEN c.target LIKE 's3://%' THEN substr(c.target, 6) ELSE c.target END,
                     's3KeyPrefix', c.prefix, 's3KmsKeyArn', c.kms_key, 'snsTopicARN', c.topic,
                     'configSnapshotDeliveryProperties', json(CASE WHEN c.frequency IS NOT NULL THEN json_object('deliveryFrequency', c.frequency) END)) AS body
    FROM _channel c
   WHERE coalesce(json_array_length(:request, '$.DeliveryChannelNames'), 0) = 0
      OR c.name IN (SELECT n.value FROM json_each(:request, '$.DeliveryChannelNames') n)
   ORDER BY c.name) x))) AS body;

-- name: op_DescribeDeliveryChannelStatus_refuse
-- plan: scan
SELECT 'NoSuchDeliveryChannelException' AS error, 'Cannot find delivery channel with specified name ''' || n.value || '''.' AS message
  FROM json_each(:request, '$.DeliveryChannelNames') n
 WHERE NOT EXISTS (SELECT 1 FROM _channel c WHERE c.name = n.value);

-- name: op_DescribeDeliveryChannelStatus_answer
-- plan: scan
-- Nothing is said of what was never tried: the AWS command line takes what says anything to say lastStatus.
SELECT json_object('DeliveryChannelsStatus', json((SELECT json_group_array(json(x.body)) FROM (
  SELECT json_object('name', c.name,
           'configSnapshotDeliveryInfo', json(CASE WHEN c.snapshot_status IS NULL THEN '{}' ELSE json_object('lastStatus', c.snapshot_status,
             'lastErrorCode', c.snapshot_error_code, 'lastErrorMessage', c.snapshot_error, 'lastAttemptTime', c.snapshot_tried_ms / 1000.0,
             'lastSuccessfulTime', c.snapshot_ok_ms / 1000.0, 'nextDeliveryTime', CASE WHEN c.frequency IS NOT NULL THEN c.snapshot_at_ms / 1000.0 END) END),
           'configHistoryDeliveryInfo', json(CASE WHEN c.history_status IS NULL THEN '{}' ELSE json_object('lastStatus', c.history_status,
             'lastErrorCode', c.history_error_code, 'lastErrorMessage', c.history_error, 'lastAttemptTime', c.history_tried_ms / 1000.0,
             'lastSuccessfulTime', c.history_ok_ms / 1000.0, 'nextDeliveryTime', c.history_at_ms / 1000.0) END),
           'configStreamDeliveryInfo', json(CASE WHEN c.stream_status IS NULL THEN '{}' ELSE json_object('lastStatus', c.stream_status,
             'lastErrorCode', c.stream_error_code, 'lastErrorMessage', c.stream_error, 'lastStatusChangeTime', c.stream_changed_ms / 1000.0) END)) AS body
    FROM _channel c
   WHERE coalesce(json_array_length(:request, '$.DeliveryChannelNames'), 0) = 0
      OR c.name IN (SELECT n.value FROM json_each(:request, '$.DeliveryChannelNames') n)
   ORDER BY c.name) x))) AS body;

-- name: op_DeleteDeliveryChannel_refuse
-- plan: scan
SELECT 'NoSuchDeliveryChannelException' AS error, 'Cannot find delivery channel with specified name ''' || json_extract(:request, '$.DeliveryChannelName') || '''.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _channel c WHERE c.name = json_extract(:request, '$.DeliveryChannelName'))
UNION ALL
SELECT 'LastDeliveryChannelDeleteFailedException', 'Failed to delete last specified delivery channel with name ''' || json_extract(:request, '$.DeliveryChannelName')
         || ''', because there is a running configuration recorder.'
 WHERE EXISTS (SELECT 1 FROM _recorder r WHERE r.recording AND r.principal IS NULL) AND (SELECT count(*) FROM _channel c) = 1;

-- name: op_DeleteDeliveryChannel_write
DELETE FROM _sink WHERE name = 'channel:' || json_extract(:request, '$.DeliveryChannelName');

-- name: op_DeleteDeliveryChannel_write_2
DELETE FROM _channel WHERE name = json_extract(:request, '$.DeliveryChannelName');

-- name: op_DeliverConfigSnapshot_refuse
-- plan: scan
SELECT 'NoAvailableConfigurationRecorderException' AS error, 'Configuration recorder not found. Add a configuration recorder and start recording.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.principal IS NULL)
UNION ALL
SELECT 'NoRunningConfigurationRecorderException', 'Configuration recorder is turned off. Turn on configuration recorder.'
 WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.principal IS NULL AND r.recording)
UNION ALL
SELECT 'NoSuchDeliveryChannelException', 'Cannot find delivery channel with specified name ''' || json_extract(:request, '$.deliveryChannelName') || '''.'
 WHERE NOT EXISTS (SELECT 1 FROM _channel c WHERE c.name = json_extract(:request, '$.deliveryChannelName'));

-- name: op_DeliverConfigSnapshot_write
-- plan: scan
-- One file, of the account and region that ask; what has no region goes with its account's home (store/delivery.sql).
INSERT INTO _delivery(channel, kind, account, region, globals, due_ms, snapshot_id, planned_ms, next_ms)
SELECT json_extract(:request, '$.deliveryChannelName'), 'snapshot', :account, CASE :region WHEN 'global' THEN h.home ELSE :region END,
       :region IN ('global', h.home) AND EXISTS (SELECT 1 FROM _resource r WHERE r.account = :account AND r.region = 'global'),
       :now_ms, uuid(), :now_ms, :now_ms
  FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM _resource r WHERE r.account = :account AND r.region = 'us-east-1') THEN 'us-east-1'
               ELSE coalesce((SELECT min(r.region) FROM _resource r WHERE r.account = :account AND r.region <> 'global'), 'us-east-1') END AS home) h;

-- name: op_DeliverConfigSnapshot_write_2
-- plan: scan
INSERT INTO _delivery(channel, kind, account, region, due_ms, planned_ms, next_ms)
SELECT c.name, 'check', :account, '', :now_ms, :now_ms, :now_ms FROM _channel c
 WHERE c.name = json_extract(:request, '$.deliveryChannelName')
   AND NOT EXISTS (SELECT 1 FROM _delivery x WHERE x.channel = c.name AND x.kind = 'check' AND x.account = :account
                      AND (x.done_ms IS NULL OR x.due_ms = :now_ms));

-- name: op_DeliverConfigSnapshot_answer
-- plan: scan
SELECT json_object('configSnapshotId', (SELECT d.snapshot_id FROM _delivery d
  WHERE d.channel = json_extract(:request, '$.deliveryChannelName') AND d.kind = 'snapshot' AND d.account = :account AND d.due_ms = :now_ms
  ORDER BY d.delivery_id DESC LIMIT 1)) AS body;
