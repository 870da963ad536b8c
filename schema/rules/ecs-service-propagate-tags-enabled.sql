-- rules: ECS_SERVICE_PROPAGATE_TAGS_ENABLED
-- text: services give tags on to their tasks
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.SchedulingStrategy') AS whole,
         upper(coalesce(json_extract(configuration, '$.PropagateTags'), 'NONE')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'PropagateTags was not recorded')
                    WHEN mode NOT IN ('SERVICE', 'TASK_DEFINITION') THEN json_array('NON_COMPLIANT', 'tags are not given on to tasks')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
