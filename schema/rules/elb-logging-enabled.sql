-- rules: ELB_LOGGING_ENABLED
-- text: access to application and classic load balancers is logged, into one of s3BucketNames
WITH seen AS (
  SELECT item_id, resource_type, json_extract(configuration, '$.type') AS kind,
         CASE resource_type WHEN 'AWS::ElasticLoadBalancing::LoadBalancer'
             THEN CASE json_extract(supplementary, '$.LoadBalancerAttributes.accessLog.enabled') WHEN 1 THEN 'true' WHEN 0 THEN 'false' END
             ELSE (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'access_logs.s3.enabled') END AS setting,
         CASE resource_type WHEN 'AWS::ElasticLoadBalancing::LoadBalancer'
             THEN coalesce(json_extract(supplementary, '$.LoadBalancerAttributes.accessLog.s3BucketName'), json_extract(supplementary, '$.LoadBalancerAttributes.accessLog.s3bucketName')) ELSE (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a WHERE json_extract(supplementary, a.fullkey || '.key') = 'access_logs.s3.bucket') END AS bucket
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN resource_type = 'AWS::ElasticLoadBalancingV2::LoadBalancer' AND kind <> 'application'
                    THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'whether access is logged was not recorded')
                    WHEN setting <> 'true' THEN json_array('NON_COMPLIANT', 'access logs are off')
                    WHEN trim(:parameters ->> '$.s3BucketNames') <> '' AND coalesce(bucket, '') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.s3BucketNames'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'access is logged into ' || coalesce(bucket, 'no bucket')
                        || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
