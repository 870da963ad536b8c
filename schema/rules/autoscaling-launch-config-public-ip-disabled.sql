-- rules: AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED
-- text: launch configurations give no public IP addresses
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.launchConfigurationName' IS NULL THEN 'the item has no launchConfigurationName: it was not read' END AS missing,
               CASE WHEN configuration ->> '$.associatePublicIpAddress' = 1 THEN 'what is launched gets a public IP address' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
