-- rules: S3_EVENT_NOTIFICATIONS_ENABLED
-- text: each bucket tells of events, to the destination and of the kinds that are asked for
WITH kind(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.eventTypes'), ',', '","') || ']') WHERE trim(value) <> ''),
told(item_id, destination, event) AS MATERIALIZED (
  SELECT item_id, coalesce(c.value ->> '$.topicARN', c.value ->> '$.queueARN', c.value ->> '$.functionARN'), e.value
    FROM item, json_each(supplementary, '$.BucketNotificationConfiguration.configurations') c LEFT JOIN json_each(CASE c.type WHEN 'object' THEN c.value END, '$.events') e
   WHERE c.type = 'object')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketNotificationConfiguration' IS NULL THEN 'the item has no BucketNotificationConfiguration' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM told t WHERE t.item_id = item.item_id) THEN 'the bucket tells nobody of events'
                    WHEN :parameters ->> '$.destinationArn' <> '' AND NOT EXISTS (SELECT 1 FROM told t WHERE t.item_id = item.item_id AND destination = :parameters ->> '$.destinationArn')
                    THEN 'no events are told to ' || (:parameters ->> '$.destinationArn')
                    ELSE (SELECT 'nobody is told of ' || group_concat(v, ', ') FROM kind
                           WHERE NOT EXISTS (SELECT 1 FROM told t WHERE t.item_id = item.item_id AND v GLOB event
                                                AND (coalesce(:parameters ->> '$.destinationArn', '') = '' OR destination = :parameters ->> '$.destinationArn')) HAVING count(*) > 0) END AS why
          FROM item)
