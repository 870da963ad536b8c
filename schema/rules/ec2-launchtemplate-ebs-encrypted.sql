-- rules: EC2_LAUNCHTEMPLATE_EBS_ENCRYPTED
-- reads: Siltstone::EC2::LaunchTemplateVersion
-- text: the default versions of launch templates say of each volume that it is encrypted
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(d) IS NOT 'object' THEN 'the default version of the template was not read' END AS missing,
               (SELECT 'the volume ' || coalesce(b.value ->> '$.deviceName', b.key + 1) || ' is not encrypted' FROM json_each(d, '$.blockDeviceMappings') b WHERE CASE b.type WHEN 'object' THEN b.value -> '$.ebs' IS NOT NULL AND b.value ->> '$.ebs.encrypted' IS NOT 1 END LIMIT 1) AS why
          FROM (SELECT i.item_id, coalesce(v.configuration -> '$.launchTemplateData', '{}') AS d FROM item i JOIN estate v ON v.resource_type = 'Siltstone::EC2::LaunchTemplateVersion' AND v.resource_id = i.resource_id
                 UNION ALL
                SELECT i.item_id, NULL FROM item i WHERE NOT EXISTS (SELECT 1 FROM estate v WHERE v.resource_type = 'Siltstone::EC2::LaunchTemplateVersion' AND v.resource_id = i.resource_id)))
