-- rules: AUTOSCALING_LAUNCHCONFIG_REQUIRES_IMDSV2
-- text: launch configurations insist on version 2 of the metadata service
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.launchConfigurationName' IS NULL THEN 'the item has no launchConfigurationName: it was not read' END AS missing,
               CASE WHEN configuration ->> '$.metadataOptions.httpEndpoint' IS NOT 'disabled' AND configuration ->> '$.metadataOptions.httpTokens' IS NOT 'required' THEN 'what is launched gives metadata without a token' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
