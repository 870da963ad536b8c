-- What functions of the API ask about channels, besides schema/api/channels.sql.

-- name: channel_call_check
-- plan: scan
-- The check file of an account is to be written through every channel, unless it is about to be.
INSERT INTO _delivery(channel, kind, account, region, due_ms, planned_ms, next_ms)
SELECT c.name, 'check', :account, '', :now_ms, :now_ms, :now_ms FROM _channel c
 WHERE NOT EXISTS (SELECT 1 FROM _delivery x WHERE x.channel = c.name AND x.kind = 'check' AND x.account = :account
                      AND (x.done_ms IS NULL OR x.due_ms = :now_ms));
