-- rules: CODEDEPLOY_DEPLOYMENT_GROUP_OUTDATED_INSTANCES_UPDATE
-- text: deployment groups bring outdated instances up to date
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         json_extract(configuration, '$.outdatedInstancesStrategy') AS strategy,
         json_extract(configuration, '$.computePlatform') AS platform
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN strategy = 'IGNORE' THEN json_array('NON_COMPLIANT', 'outdated instances are left as they are')
                    WHEN strategy = 'UPDATE' THEN '["COMPLIANT"]'
                    WHEN platform IN ('Lambda', 'ECS') THEN json_array('NOT_APPLICABLE', 'there are no instances')
                    WHEN 1 THEN json_array('INSUFFICIENT_DATA', 'outdatedInstancesStrategy was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
