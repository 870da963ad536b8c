-- rules: MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS
-- reads: Siltstone::IAM::UserCredentials
-- text: users with a password have a device for multi-factor authentication
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT i.item_id, CASE WHEN c.configuration IS NULL THEN 'the credentials of the user were not read' END AS missing,
               CASE WHEN coalesce(json_array_length(c.supplementary, '$.MFADevices'), 0) = 0 THEN 'the user has a password, and no device for multi-factor authentication' END AS why
          FROM item i LEFT JOIN estate c ON c.resource_type = 'Siltstone::IAM::UserCredentials' AND c.resource_id = i.resource_id
         WHERE c.configuration IS NULL OR c.supplementary -> '$.LoginProfile' IS NOT NULL)
