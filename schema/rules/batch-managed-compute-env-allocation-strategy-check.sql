-- rules: BATCH_MANAGED_COMPUTE_ENV_ALLOCATION_STRATEGY_CHECK
-- text: managed compute environments choose instances by one of allocationStrategy
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Type')) AS kind, json_type(configuration, '$.ComputeResources') AS kept,
         upper(json_extract(configuration, '$.ComputeResources.Type')) AS of,
         upper(json_extract(configuration, '$.ComputeResources.AllocationStrategy')) AS strategy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN kind <> 'MANAGED' THEN json_array('NOT_APPLICABLE', 'not a managed compute environment')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ComputeResources was not recorded')
                    WHEN of LIKE 'FARGATE%' THEN json_array('NOT_APPLICABLE', 'Fargate has no allocation strategy')
                    WHEN coalesce(strategy, 'BEST_FIT') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.allocationStrategy'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the allocation strategy is ' || coalesce(strategy, 'BEST_FIT'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
