-- rules: SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED
-- text: whether messages of topics arrive is logged
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.TopicArn') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.DeliveryStatusLogging')) AS a,
         (SELECT count(*) FROM json_each(configuration) m WHERE m.key LIKE '%FeedbackRoleArn' AND m.value <> '') AS b
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'TopicArn was not recorded')
                    WHEN a + b = 0 THEN json_array('NON_COMPLIANT', 'the delivery of messages is not logged')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
