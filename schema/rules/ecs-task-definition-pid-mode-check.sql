-- rules: ECS_TASK_DEFINITION_PID_MODE_CHECK
-- text: tasks do not see the processes of the host
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept, json_extract(configuration, '$.PidMode') AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN mode = 'host' THEN json_array('NON_COMPLIANT', 'processes are shared with the host')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
