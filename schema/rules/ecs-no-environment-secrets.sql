-- rules: ECS_NO_ENVIRONMENT_SECRETS
-- text: no secrets, by the names in secretKeys, stand in the environment of containers
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         (SELECT group_concat(coalesce(json_extract(configuration, c.fullkey || '.Name'), '?') || ' (' || json_extract(configuration, v.fullkey
             || '.Name') || ')', ', ') FROM json_each(configuration, '$.ContainerDefinitions') c, json_each(configuration, c.fullkey
             || '.Environment') v WHERE json_extract(configuration, v.fullkey || '.Name') IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.secretKeys'), ',', '","') || ']'))) AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'secrets in the environment of ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
