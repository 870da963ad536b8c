-- rules: SECURITY_ACCOUNT_INFORMATION_PROVIDED
-- reads: Siltstone::Account::SecurityContact
-- text: the account names somebody to talk to about security
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT NULL AS missing, CASE WHEN NOT EXISTS (SELECT 1 FROM estate WHERE resource_type = 'Siltstone::Account::SecurityContact') THEN 'the account has no contact for security' END AS why)
