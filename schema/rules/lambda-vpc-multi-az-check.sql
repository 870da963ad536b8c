-- rules: LAMBDA_VPC_MULTI_AZ_CHECK
-- reads: AWS::EC2::Subnet
-- text: functions in a VPC use several availability zones: two, or as many as are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN n < least AND unknown > 0 THEN 'a subnet of the function is not known' END AS missing,
               CASE WHEN n < least THEN 'the function uses ' || n || ' availability zone(s), fewer than ' || least END AS why
          FROM (SELECT i.item_id, count(DISTINCT e.configuration ->> '$.availabilityZone') AS n, count(*) - count(e.configuration ->> '$.availabilityZone') AS unknown,
                       CAST(coalesce(nullif(:parameters ->> '$.availabilityZones', ''), '2') AS INTEGER) AS least
                  FROM item i, json_each(i.configuration, '$.vpcConfig.subnetIds') s LEFT JOIN estate e ON e.resource_type = 'AWS::EC2::Subnet' AND e.resource_id = s.value
                 GROUP BY i.item_id))
