-- rules: EC2_LAUNCH_TEMPLATE_PUBLIC_IP_DISABLED
-- reads: Siltstone::EC2::LaunchTemplateVersion
-- text: the default versions of launch templates give no public IP addresses
WITH exempted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.exemptedLaunchTemplates'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(d) IS NOT 'object' THEN 'the default version of the template was not read' END AS missing,
               (SELECT 'the network interface ' || coalesce(n.value ->> '$.deviceIndex', n.key) || ' gets a public IP address' FROM json_each(d, '$.networkInterfaces') n WHERE CASE n.type WHEN 'object' THEN n.value ->> '$.associatePublicIpAddress' END = 1 LIMIT 1) AS why
          FROM (SELECT i.item_id, coalesce(v.configuration -> '$.launchTemplateData', '{}') AS d FROM item i JOIN estate v ON v.resource_type = 'Siltstone::EC2::LaunchTemplateVersion' AND v.resource_id = i.resource_id WHERE i.resource_id NOT IN (SELECT v FROM exempted)
                 UNION ALL
                SELECT i.item_id, NULL FROM item i WHERE NOT EXISTS (SELECT 1 FROM estate v WHERE v.resource_type = 'Siltstone::EC2::LaunchTemplateVersion' AND v.resource_id = i.resource_id) AND i.resource_id NOT IN (SELECT v FROM exempted)))
