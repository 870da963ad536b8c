-- rules: SECURITYHUB_ENABLED
-- reads: Siltstone::SecurityHub::Hub
-- text: Security Hub is enabled in the region
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT NULL AS missing, CASE WHEN NOT EXISTS (SELECT 1 FROM estate WHERE resource_type = 'Siltstone::SecurityHub::Hub') THEN 'Security Hub is not enabled' END AS why)
