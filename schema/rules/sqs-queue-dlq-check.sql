-- rules: SQS_QUEUE_DLQ_CHECK
-- text: queues have a dead-letter queue
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.QueueArn') AS whole,
         coalesce(json_extract(configuration, '$.RedrivePolicy'), '') AS redrive
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'RedrivePolicy was not recorded')
                    WHEN redrive IN ('', '{}') THEN json_array('NON_COMPLIANT', 'there is no dead-letter queue')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
