-- rules: ELBV2_ACM_CERTIFICATE_REQUIRED
-- reads: AWS::ElasticLoadBalancingV2::Listener
-- text: the listeners of application and network load balancers have certificates of ACM, those in AcmCertificatesAllowed
WITH listener AS MATERIALIZED (
  SELECT json_extract(configuration, '$.LoadBalancerArn') AS balancer, coalesce(json_extract(configuration, '$.Port'), '?') AS port,
         json_extract(configuration, '$.Protocol') AS protocol, json_extract(configuration, '$.Certificates[0].CertificateArn') AS certificate,
         EXISTS (SELECT 1 FROM json_each(configuration, '$.DefaultActions') d
                  WHERE json_extract(configuration, d.fullkey || '.Type') = 'redirect'
                    AND json_extract(configuration, d.fullkey || '.RedirectConfig.Protocol') = 'HTTPS') AS redirects
    FROM estate
   WHERE resource_type = 'AWS::ElasticLoadBalancingV2::Listener'),
found AS MATERIALIZED (SELECT balancer, group_concat(CASE WHEN coalesce(e.certificate, '') NOT LIKE 'arn:%:acm:%'
    THEN e.port END, ', ') AS bare, group_concat(CASE WHEN e.certificate NOT IN (SELECT trim(value) FROM json_each('['
    || replace(json_quote(:parameters ->> '$.AcmCertificatesAllowed'), ',', '","') || ']')) THEN e.port END, ', ') AS foreign_
    FROM listener e GROUP BY 1),
seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind, f.bare AS bare, f.foreign_ AS foreign_
    FROM item LEFT JOIN found f ON f.balancer = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind NOT IN ('application', 'network')
                    THEN json_array('NOT_APPLICABLE', 'neither an application nor a network load balancer')
                    WHEN bare <> '' THEN json_array('NON_COMPLIANT', 'no certificate of ACM at port ' || bare)
                    WHEN trim(:parameters ->> '$.AcmCertificatesAllowed') <> '' AND foreign_ <> ''
                    THEN json_array('NON_COMPLIANT', 'a certificate that is not one of those allowed at port ' || foreign_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
