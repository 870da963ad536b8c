-- rules: NLB_LOGGING_ENABLED
-- text: access to network load balancers is logged
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'access_logs.s3.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'network' THEN json_array('NOT_APPLICABLE', 'not a network load balancer')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'attribute access_logs.s3.enabled was not recorded')
                    WHEN setting <> 'true' THEN json_array('NON_COMPLIANT', 'access logs are off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
