-- rules: CLOUDFORMATION_STACK_NOTIFICATION_CHECK
-- text: stacks tell of events by SNS, to one of the topics asked for
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.notificationARNs') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.notificationARNs')) AS n,
         (SELECT count(*) FROM json_each(json_array(:parameters ->> '$.snsTopic1', (:parameters ->> '$.snsTopic2'), (:parameters ->> '$.snsTopic3'), (:parameters ->> '$.snsTopic4'), (:parameters ->> '$.snsTopic5'))) t WHERE trim(t.value) <> '') AS asked,
         (SELECT count(*) FROM json_each(json_array(:parameters ->> '$.snsTopic1', (:parameters ->> '$.snsTopic2'), (:parameters ->> '$.snsTopic3'), (:parameters ->> '$.snsTopic4'), (:parameters ->> '$.snsTopic5'))) t WHERE trim(t.value) <> '' AND trim(t.value) IN (SELECT a.value FROM json_each(configuration, '$.notificationARNs') a)) AS met
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'notificationARNs was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the stack tells no topic')
                    WHEN asked > 0 AND met = 0 THEN json_array('NON_COMPLIANT', 'the stack tells none of the topics that are asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
