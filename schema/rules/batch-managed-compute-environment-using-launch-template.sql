-- rules: BATCH_MANAGED_COMPUTE_ENVIRONMENT_USING_LAUNCH_TEMPLATE
-- text: managed compute environments have a launch template
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Type')) AS kind, json_type(configuration, '$.ComputeResources') AS kept,
         upper(json_extract(configuration, '$.ComputeResources.Type')) AS of,
         json_type(configuration, '$.ComputeResources.LaunchTemplate') AS template
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN kind <> 'MANAGED' THEN json_array('NOT_APPLICABLE', 'not a managed compute environment')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ComputeResources was not recorded')
                    WHEN of LIKE 'FARGATE%' THEN json_array('NOT_APPLICABLE', 'Fargate takes no launch template')
                    WHEN template IS NOT 'object' THEN json_array('NON_COMPLIANT', 'there is no launch template')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
