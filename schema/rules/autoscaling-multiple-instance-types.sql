-- rules: AUTOSCALING_MULTIPLE_INSTANCE_TYPES
-- text: Auto Scaling groups use several instance types
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.autoScalingGroupName' IS NULL THEN 'the item has no autoScalingGroupName: it was not read' END AS missing,
               CASE WHEN n < 2 THEN 'the group uses one instance type' END AS why
          FROM (SELECT item_id, configuration, (SELECT count(DISTINCT CASE o.type WHEN 'object' THEN o.value ->> '$.instanceType' END) FROM json_each(configuration, '$.mixedInstancesPolicy.launchTemplate.overrides') o) AS n
                  FROM item WHERE NOT EXISTS (SELECT 1 FROM json_each(configuration, '$.mixedInstancesPolicy.launchTemplate.overrides') o WHERE CASE o.type WHEN 'object' THEN o.value -> '$.instanceRequirements' END IS NOT NULL)))
