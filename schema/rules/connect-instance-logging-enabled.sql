-- rules: CONNECT_INSTANCE_LOGGING_ENABLED
-- text: flows of Connect instances are logged
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Attributes.ContactflowLogs') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'Attributes.ContactflowLogs was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'flows are not logged')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
