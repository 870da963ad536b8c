-- rules: ECS_CAPACITY_PROVIDER_TERMINATION_CHECK
-- text: capacity providers keep instances with tasks from being terminated
WITH seen AS (
  SELECT item_id, configuration AS item_configuration, json_type(configuration, '$.AutoScalingGroupProvider') AS kept,
         coalesce(json_extract(configuration, '$.Name'), name) AS name_,
         upper(json_extract(configuration, '$.AutoScalingGroupProvider.ManagedTerminationProtection')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN name_ IN ('FARGATE', 'FARGATE_SPOT') OR json_type(item_configuration, '$.ManagedInstancesProvider') = 'object'
                    THEN json_array('NOT_APPLICABLE', 'not a capacity provider of an Auto Scaling group')
                    WHEN kept IS NOT 'object' OR mode IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'AutoScalingGroupProvider was not recorded')
                    WHEN mode <> 'ENABLED' THEN json_array('NON_COMPLIANT', 'managed termination protection is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
