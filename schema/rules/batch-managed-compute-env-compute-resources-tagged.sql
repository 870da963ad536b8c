-- rules: BATCH_MANAGED_COMPUTE_ENV_COMPUTE_RESOURCES_TAGGED
-- text: what a managed compute environment launches gets tags, and those with the keys in requiredKeyTags
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Type')) AS kind, json_type(configuration, '$.ComputeResources') AS resources,
         (SELECT count(*) FROM json_each(configuration, '$.ComputeResources.Tags') WHERE key NOT LIKE 'aws:%') AS own,
         (SELECT group_concat(value, ', ') FROM (SELECT trim(value) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.requiredKeyTags'), ',', '","') || ']')) WHERE value <> '' AND value NOT IN (SELECT key
             FROM json_each(configuration, '$.ComputeResources.Tags') WHERE key NOT LIKE 'aws:%')) AS missing
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN kind <> 'MANAGED' THEN json_array('NOT_APPLICABLE', 'not a managed compute environment')
                    WHEN resources IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ComputeResources were not recorded')
                    WHEN missing <> '' THEN json_array('NON_COMPLIANT', 'these tags of compute resources are missing: ' || missing)
                    WHEN own = 0 THEN json_array('NON_COMPLIANT', 'its compute resources get no tags')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
