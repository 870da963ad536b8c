-- rules: ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED
-- text: classic load balancers spread over all zones
WITH seen AS (
  SELECT item_id, json_extract(supplementary, '$.LoadBalancerAttributes.crossZoneLoadBalancing.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'LoadBalancerAttributes.crossZoneLoadBalancing was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'load is not balanced across zones')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
