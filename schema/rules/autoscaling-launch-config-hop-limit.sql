-- rules: AUTOSCALING_LAUNCH_CONFIG_HOP_LIMIT
-- text: answers of the metadata service travel one hop, by launch configurations
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.launchConfigurationName' IS NULL THEN 'the item has no launchConfigurationName: it was not read' END AS missing,
               CASE WHEN configuration ->> '$.metadataOptions.httpPutResponseHopLimit' > 1 THEN 'the hop limit is ' || (configuration ->> '$.metadataOptions.httpPutResponseHopLimit') || ', more than 1' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
