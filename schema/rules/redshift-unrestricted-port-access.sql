-- rules: REDSHIFT_UNRESTRICTED_PORT_ACCESS
-- reads: AWS::EC2::SecurityGroup
-- text: no security group opens the port of a cluster to everybody
WITH opening AS MATERIALIZED (
  SELECT e.resource_id AS id, json_extract(e.configuration, p.fullkey || '.ipProtocol') AS protocol,
         json_extract(e.configuration, p.fullkey || '.fromPort') AS low, json_extract(e.configuration, p.fullkey || '.toPort') AS high
    FROM estate e, json_each(e.configuration, '$.ipPermissions') p
   WHERE e.resource_type = 'AWS::EC2::SecurityGroup'
     AND (EXISTS (SELECT 1 FROM json_each(e.configuration, p.fullkey || '.ipv4Ranges') r WHERE json_extract(e.configuration, r.fullkey
         || '.cidrIp') = '0.0.0.0/0')
          OR EXISTS (SELECT 1 FROM json_each(e.configuration, p.fullkey || '.ipRanges') r WHERE r.value = '0.0.0.0/0')
          OR EXISTS (SELECT 1 FROM json_each(e.configuration, p.fullkey || '.ipv6Ranges') r WHERE json_extract(e.configuration, r.fullkey
              || '.cidrIpv6') = '::/0'))),
known AS MATERIALIZED (SELECT resource_id AS id FROM estate WHERE resource_type = 'AWS::EC2::SecurityGroup'),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.endpoint.port') AS port,
         json_type(item.configuration, '$.vpcSecurityGroups') AS kept,
         (SELECT group_concat(DISTINCT o.id) FROM json_each(item.configuration, '$.vpcSecurityGroups') g JOIN opening o ON o.id = json_extract(item.configuration, g.fullkey || '.vpcSecurityGroupId')
           WHERE o.protocol = '-1' OR o.protocol IN ('tcp', '6') AND json_extract(item.configuration, '$.endpoint.port') BETWEEN o.low
               AND o.high) AS open_,
         (SELECT group_concat(json_extract(item.configuration, g.fullkey || '.vpcSecurityGroupId'), ', ')
             FROM json_each(item.configuration, '$.vpcSecurityGroups') g WHERE json_extract(item.configuration, g.fullkey
             || '.vpcSecurityGroupId') NOT IN (SELECT id FROM known)) AS unknown
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN port IS NULL OR kept IS NOT 'array'
                    THEN json_array('INSUFFICIENT_DATA', 'endpoint.port or vpcSecurityGroups was not recorded')
                    WHEN open_ <> '' THEN json_array('NON_COMPLIANT', 'port ' || port || ' is open to everybody by ' || open_)
                    WHEN unknown <> '' THEN json_array('INSUFFICIENT_DATA', 'this security group was not recorded: ' || unknown)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
