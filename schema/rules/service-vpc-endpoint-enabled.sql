-- rules: SERVICE_VPC_ENDPOINT_ENABLED
-- reads: AWS::EC2::VPCEndpoint
-- text: each VPC has an endpoint for the service serviceName
WITH offered AS MATERIALIZED (
  SELECT json_extract(configuration, '$.vpcId') AS vpc, json_extract(configuration, '$.serviceName') AS service
    FROM estate
   WHERE resource_type = 'AWS::EC2::VPCEndpoint' AND lower(coalesce(json_extract(configuration, '$.state'), 'available')) NOT IN ('deleted', 'deleting', 'failed', 'rejected', 'expired')),
seen AS (
  SELECT item_id,
         (SELECT count(*) FROM offered o WHERE o.vpc = item.resource_id AND (o.service = trim(:parameters ->> '$.serviceName')
             OR substr(o.service, -length(trim(:parameters ->> '$.serviceName')) - 1) = '.' || trim(:parameters ->> '$.serviceName'))) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n = 0
                    THEN json_array('NON_COMPLIANT', 'the VPC has no endpoint for ' || coalesce(:parameters ->> '$.serviceName', '?'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
