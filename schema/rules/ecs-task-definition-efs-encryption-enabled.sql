-- rules: ECS_TASK_DEFINITION_EFS_ENCRYPTION_ENABLED
-- text: tasks reach volumes of EFS by TLS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ContainerDefinitions') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.Volumes') v WHERE coalesce(json_type(configuration, v.fullkey
             || '.EFSVolumeConfiguration'), json_type(configuration, v.fullkey || '.EfsVolumeConfiguration')) = 'object') AS n,
         (SELECT group_concat(coalesce(json_extract(configuration, v.fullkey || '.Name'), '?'), ', ') FROM json_each(configuration, '$.Volumes') v
             WHERE coalesce(json_type(configuration, v.fullkey || '.EFSVolumeConfiguration'), json_type(configuration, v.fullkey
             || '.EfsVolumeConfiguration')) = 'object' AND upper(coalesce(coalesce(json_extract(configuration, v.fullkey
             || '.EFSVolumeConfiguration.TransitEncryption'), json_extract(configuration, v.fullkey
             || '.EfsVolumeConfiguration.TransitEncryption')), '')) <> 'ENABLED') AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'ContainerDefinitions was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'there is no volume of EFS')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'not encrypted in transit: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
