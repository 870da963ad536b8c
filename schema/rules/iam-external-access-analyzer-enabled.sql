-- rules: IAM_EXTERNAL_ACCESS_ANALYZER_ENABLED
-- reads: AWS::AccessAnalyzer::Analyzer
-- text: an analyzer of external access watches the account in the region
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT NULL AS missing, CASE WHEN NOT EXISTS (SELECT 1 FROM estate WHERE resource_type = 'AWS::AccessAnalyzer::Analyzer' AND configuration ->> '$.Type' IN ('ACCOUNT', 'ORGANIZATION')) THEN 'no analyzer of external access is there' END AS why)
