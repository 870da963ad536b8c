-- rules: NLB_CROSS_ZONE_LOAD_BALANCING_ENABLED
-- text: Network load balancers spread over all zones
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'load_balancing.cross_zone.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'network' THEN json_array('NOT_APPLICABLE', 'not a network load balancer')
                    WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'attribute load_balancing.cross_zone.enabled was not recorded')
                    WHEN setting <> 'true' THEN json_array('NON_COMPLIANT', 'load is not balanced across zones')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
