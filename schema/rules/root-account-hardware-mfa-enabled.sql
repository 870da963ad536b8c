-- rules: ROOT_ACCOUNT_HARDWARE_MFA_ENABLED
-- reads: Siltstone::IAM::AccountSummary
-- text: the root user signs in with a device for multi-factor authentication that is no program
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN v IS NULL THEN 'the summary of the account was not read' WHEN v = 1 AND json_type(devices) IS NOT 'array' THEN 'the virtual devices of the account were not read' END AS missing,
               CASE WHEN v = 0 THEN 'the root user has no device for multi-factor authentication' WHEN json_array_length(devices) > 0 THEN 'the root user has a virtual device: ' || (devices ->> '$[0]') END AS why
          FROM (SELECT 1) LEFT JOIN (SELECT configuration ->> '$.AccountMFAEnabled' AS v, supplementary -> '$.RootVirtualMFADevices' AS devices FROM estate WHERE resource_type = 'Siltstone::IAM::AccountSummary' LIMIT 1))
