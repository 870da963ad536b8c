-- rules: ECS_CONTAINERS_NONPRIVILEGED
-- text: containers are not privileged
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Name'), '?'), ', ')
             FROM json_each(configuration, '$.ContainerDefinitions') c WHERE json_extract(configuration, c.fullkey || '.Privileged') = 1) AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'privileged: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
