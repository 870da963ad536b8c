-- rules: APPSTREAM_FLEET_IN_VPC
-- text: AppStream fleets are in a VPC; elastic ones are passed over
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.InstanceType') AS whole, json_extract(configuration, '$.FleetType') AS kind,
         (SELECT count(*) FROM json_each(configuration, '$.VpcConfig.SubnetIds')) AS subnets
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind = 'ELASTIC' THEN json_array('NOT_APPLICABLE', 'an elastic fleet')
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'InstanceType was not recorded')
                    WHEN subnets = 0 THEN json_array('NON_COMPLIANT', 'the fleet is in no VPC')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
