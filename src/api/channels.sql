-- What functions of the API ask about channels, besides schema/api/channels.sql.

-- name: channel_call_check
-- plan: scan
-- The check file of an account is to be written through every channel, unless it is about to be.
INSERT INTO _delivery(channel, kind, account, region, due_ms, planned_ms, next_ms)
SELECT c.name, 'check', :account, '', :now_ms, :now_ms, :now_ms FROM _channel c
 WHERE NOT EXISTS (SELECT 1 FROM _delivery x WHERE x.channel = c.name AND x.kind = 'check' AND x.account = :account
                      AND (x.done_ms IS NULL OR x.due_ms = :now_ms));

-- name: channel_call_put_refuse
-- plan: scan
-- Before the channel itself is looked at: spec section 3.6.
SELECT 'NoAvailableConfigurationRecorderException' AS error, 'Configuration recorder is not available to put delivery channel.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.principal IS NULL);

-- name: channel_call_put_refuse_late
-- plan: scan
-- Behind the write check, where the channel is kept.
SELECT 'NoAvailableConfigurationRecorderException' AS error, 'Configuration recorder is not available to put delivery channel.' AS message
 WHERE NOT EXISTS (SELECT 1 FROM _recorder r WHERE r.principal IS NULL)
UNION ALL
SELECT 'MaxNumberOfDeliveryChannelsExceededException', 'Failed to put delivery channel ''' || json_extract(:request, '$.DeliveryChannel.name') || ''' because the maximum number of delivery channels: 1 is reached.'
 WHERE EXISTS (SELECT 1 FROM _channel c) AND NOT EXISTS (SELECT 1 FROM _channel c WHERE c.name = json_extract(:request, '$.DeliveryChannel.name'));
