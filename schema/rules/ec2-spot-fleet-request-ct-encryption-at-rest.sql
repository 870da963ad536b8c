-- rules: EC2_SPOT_FLEET_REQUEST_CT_ENCRYPTION_AT_REST
-- text: volumes that launch specifications of Spot Fleets attach are encrypted
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.SpotFleetRequestConfigData') IS NOT 'object' THEN 'the item has no SpotFleetRequestConfigData' END AS missing,
               (SELECT 'the volume ' || coalesce(d.value ->> '$.DeviceName', d.key + 1) || ' is not encrypted' FROM json_each(configuration, '$.SpotFleetRequestConfigData.LaunchSpecifications') l,
                       json_each(CASE l.type WHEN 'object' THEN l.value END, '$.BlockDeviceMappings') d
                 WHERE CASE d.type WHEN 'object' THEN d.value -> '$.Ebs' IS NOT NULL AND coalesce(d.value ->> '$.Ebs.Encrypted', 0) IS NOT 1 END LIMIT 1) AS why
          FROM item
         WHERE json_type(configuration, '$.SpotFleetRequestConfigData') IS NOT 'object' OR json_array_length(configuration, '$.SpotFleetRequestConfigData.LaunchSpecifications') > 0)
