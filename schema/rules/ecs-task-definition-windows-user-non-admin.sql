-- rules: ECS_TASK_DEFINITION_WINDOWS_USER_NON_ADMIN
-- text: containers of Windows do not run as administrator
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Name'), '?'), ', ')
             FROM json_each(configuration, '$.ContainerDefinitions') c WHERE lower(coalesce(json_extract(configuration, c.fullkey
             || '.User'), '')) IN ('', 'containeradministrator')) AS bad,
         upper(coalesce(json_extract(configuration, '$.RuntimePlatform.OperatingSystemFamily'), 'LINUX')) AS os_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN os_ NOT LIKE 'WINDOWS%' THEN json_array('NOT_APPLICABLE', 'not of Windows')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'runs as administrator: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
