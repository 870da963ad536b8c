-- rules: SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED
-- text: subnets give no public IP addresses by themselves
SELECT item_id,
       CASE WHEN v IN (0, 'false') THEN 'COMPLIANT' WHEN v IN (1, 'true') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (0, 'false') THEN NULL WHEN v IN (1, 'true') THEN 'what is launched in the subnet gets a public IP address' ELSE 'the item does not say mapPublicIpOnLaunch' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.mapPublicIpOnLaunch' AS v
          FROM item)
