-- rules: EFS_MOUNT_TARGET_PUBLIC_ACCESSIBLE
-- reads: Siltstone::EFS::MountTarget, AWS::EC2::Subnet
-- text: file systems are mounted in subnets that give out no public addresses
WITH mounted AS MATERIALIZED (
  SELECT json_extract(m.configuration, '$.fileSystemId') AS id, json_extract(m.configuration, '$.subnetId') AS subnet,
         json_extract(s.configuration, '$.mapPublicIpOnLaunch') AS public, json_extract(s.configuration, '$.assignIpv6AddressOnCreation') AS public6,
         s.resource_id AS known
    FROM estate m LEFT JOIN estate s ON s.resource_type = 'AWS::EC2::Subnet' AND s.resource_id = json_extract(m.configuration, '$.subnetId')
   WHERE m.resource_type = 'Siltstone::EFS::MountTarget'),
seen AS (
  SELECT item_id, (SELECT count(*) FROM mounted m WHERE m.id = item.resource_id) AS n,
         (SELECT group_concat(m.subnet, ', ') FROM mounted m WHERE m.id = item.resource_id AND m.public = 1) AS bad,
         (SELECT group_concat(m.subnet, ', ') FROM mounted m WHERE m.id = item.resource_id AND m.known IS NULL) AS unknown
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'the file system has no mount target')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'public addresses are given out in ' || bad)
                    WHEN unknown <> '' THEN json_array('INSUFFICIENT_DATA', 'this subnet was not recorded: ' || unknown)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
