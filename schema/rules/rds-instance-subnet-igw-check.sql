-- rules: RDS_INSTANCE_SUBNET_IGW_CHECK
-- reads: AWS::EC2::RouteTable
-- text: no subnet of a DB instance has a route to an internet gateway
WITH associated(rid, id, main) AS MATERIALIZED (
  SELECT rid, a.value ->> '$.subnetId', coalesce(a.value ->> '$.main', 0) FROM estate, json_each(configuration, '$.associations') a WHERE resource_type = 'AWS::EC2::RouteTable' AND a.type = 'object'),
-- A subnet that no route table names has the main one of its VPC.
public(subnet_id, main, vpc, gateway) AS MATERIALIZED (
  SELECT a.id, a.main, e.configuration ->> '$.vpcId', r.value ->> '$.gatewayId' FROM estate e, json_each(e.configuration, '$.routes') r JOIN associated a ON a.rid = e.rid
   WHERE e.resource_type = 'AWS::EC2::RouteTable' AND CASE r.type WHEN 'object' THEN r.value ->> '$.gatewayId' LIKE 'igw-%' END)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN coalesce(json_array_length(configuration, '$.dBSubnetGroup.subnets'), 0) = 0 THEN 'the item has no dBSubnetGroup.subnets' END AS missing,
               (SELECT 'the subnet ' || subnet || ' has a route to ' || gateway FROM (
                  SELECT s.value ->> '$.subnetIdentifier' AS subnet, item.configuration ->> '$.dBSubnetGroup.vpcId' AS vpc FROM json_each(configuration, '$.dBSubnetGroup.subnets') s WHERE s.type = 'object') u, public p
                 WHERE p.subnet_id = u.subnet OR (p.main = 1 AND p.vpc = u.vpc AND u.subnet NOT IN (SELECT id FROM associated WHERE id IS NOT NULL)) LIMIT 1) AS why
          FROM item)
