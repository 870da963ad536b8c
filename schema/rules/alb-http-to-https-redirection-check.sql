-- rules: ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK
-- reads: AWS::ElasticLoadBalancingV2::Listener
-- text: the HTTP listeners of application load balancers redirect to HTTPS
WITH listener AS MATERIALIZED (
  SELECT json_extract(configuration, '$.LoadBalancerArn') AS balancer, coalesce(json_extract(configuration, '$.Port'), '?') AS port,
         json_extract(configuration, '$.Protocol') AS protocol, json_extract(configuration, '$.Certificates[0].CertificateArn') AS certificate,
         EXISTS (SELECT 1 FROM json_each(configuration, '$.DefaultActions') d
                  WHERE json_extract(configuration, d.fullkey || '.Type') = 'redirect'
                    AND json_extract(configuration, d.fullkey || '.RedirectConfig.Protocol') = 'HTTPS') AS redirects
    FROM estate
   WHERE resource_type = 'AWS::ElasticLoadBalancingV2::Listener'),
found AS MATERIALIZED (SELECT balancer, group_concat(CASE WHEN e.protocol = 'HTTP' AND NOT e.redirects THEN e.port END, ', ') AS plain
    FROM listener e GROUP BY 1),
seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind, f.plain AS plain
    FROM item LEFT JOIN found f ON f.balancer = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'application' THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'no redirection to HTTPS at port ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
