-- rules: GLOBAL_ENDPOINT_EVENT_REPLICATION_ENABLED
-- text: global endpoints replicate events
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.ReplicationConfig.State')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'ReplicationConfig.State was not recorded')
                    WHEN value <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'events are not replicated')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
