-- rules: ROOT_ACCOUNT_MFA_ENABLED
-- reads: Siltstone::IAM::AccountSummary
-- text: the root user signs in with multi-factor authentication
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN v IS NULL THEN 'the summary of the account was not read' END AS missing, CASE WHEN v = 0 THEN 'the root user has no device for multi-factor authentication' END AS why FROM (SELECT (SELECT configuration ->> '$.AccountMFAEnabled' FROM estate WHERE resource_type = 'Siltstone::IAM::AccountSummary' LIMIT 1) AS v))
