-- rules: ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK
-- reads: AWS::ElasticLoadBalancingV2::Listener
-- text: the HTTP listeners of application load balancers redirect to HTTPS
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT group_concat(coalesce(json_extract(e.configuration, '$.Port'), '?'), ', ') FROM estate e WHERE e.resource_type = 'AWS::ElasticLoadBalancingV2::Listener' AND json_extract(e.configuration, '$.LoadBalancerArn') IN (item.arn, item.resource_id)
            AND json_extract(e.configuration, '$.Protocol') = 'HTTP'
            AND NOT EXISTS (SELECT 1 FROM json_each(e.configuration, '$.DefaultActions') d WHERE json_extract(e.configuration, d.fullkey || '.Type') = 'redirect'
                              AND json_extract(e.configuration, d.fullkey || '.RedirectConfig.Protocol') = 'HTTPS')) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'application' THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'no redirection to HTTPS at port ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
