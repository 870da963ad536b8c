-- rules: VPC_ENDPOINT_ENABLED
-- reads: AWS::EC2::VPCEndpoint
-- text: each VPC, or those that are named, has an endpoint for each of the services that are named
WITH service(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.serviceNames'), ',', '","') || ']') WHERE trim(value) <> ''),
vpc(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.vpcIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, NULL AS missing,
               (SELECT 'no endpoint of the VPC is for ' || group_concat(v, ', ') FROM service
                 WHERE NOT EXISTS (SELECT 1 FROM estate e WHERE e.resource_type = 'AWS::EC2::VPCEndpoint' AND e.configuration ->> '$.vpcId' = item.resource_id AND lower(coalesce(e.configuration ->> '$.state', 'available')) = 'available'
                                      AND (e.configuration ->> '$.serviceName' = v OR e.configuration ->> '$.serviceName' LIKE '%.' || replace(v, '_', '\_') ESCAPE '\')) HAVING count(*) > 0) AS why
          FROM item
         WHERE NOT EXISTS (SELECT 1 FROM vpc) OR resource_id IN (SELECT v FROM vpc))
