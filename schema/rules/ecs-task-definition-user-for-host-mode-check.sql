-- rules: ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK
-- text: containers in the network of the host are privileged on purpose, or run as a user that is not root
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept, lower(json_extract(configuration, '$.NetworkMode')) AS mode,
         json_extract(configuration, '$.Status') AS status_,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Name'), '?'), ', ')
             FROM json_each(configuration, '$.ContainerDefinitions') c WHERE json_extract(configuration, c.fullkey || '.Privileged') IS NOT 1
             AND (lower(coalesce(json_extract(configuration, c.fullkey || '.User'), '')) IN ('', 'root', '0')
             OR json_extract(configuration, c.fullkey || '.User') LIKE 'root:%' OR json_extract(configuration, c.fullkey
             || '.User') LIKE '0:%')) AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN lower(:parameters ->> '$.SkipInactiveTaskDefinitions') = 'true' AND status_ = 'INACTIVE'
                    THEN json_array('NOT_APPLICABLE', 'an inactive task definition')
                    WHEN coalesce(mode, '') <> 'host' THEN json_array('NOT_APPLICABLE', 'not in the network of the host')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'in the network of the host as root: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
