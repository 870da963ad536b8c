-- rules: ECS_TASK_DEFINITION_NONROOT_USER
-- text: containers do not run as root
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Name'), '?'), ', ')
             FROM json_each(configuration, '$.ContainerDefinitions') c WHERE lower(coalesce(json_extract(configuration, c.fullkey
             || '.User'), '')) IN ('', 'root', '0') OR json_extract(configuration, c.fullkey || '.User') LIKE 'root:%'
             OR json_extract(configuration, c.fullkey || '.User') LIKE '0:%') AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'runs as root: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
