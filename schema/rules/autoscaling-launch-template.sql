-- rules: AUTOSCALING_LAUNCH_TEMPLATE
-- text: Auto Scaling groups are made from launch templates
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.autoScalingGroupName' IS NULL THEN 'the item has no autoScalingGroupName: it was not read' END AS missing,
               CASE WHEN configuration -> '$.launchTemplate' IS NULL AND configuration -> '$.mixedInstancesPolicy.launchTemplate' IS NULL THEN 'the group has no launch template' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
