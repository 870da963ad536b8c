-- rules: ECS_TASK_DEFINITION_NETWORK_MODE_NOT_HOST
-- text: tasks are not in the network of the host
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         lower(coalesce(json_extract(configuration, '$.NetworkMode'), 'bridge')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN mode = 'host' THEN json_array('NON_COMPLIANT', 'the network mode is host')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
