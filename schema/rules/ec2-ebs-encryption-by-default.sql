-- rules: EC2_EBS_ENCRYPTION_BY_DEFAULT
-- reads: Siltstone::EC2::AccountSettings
-- text: new volumes are encrypted by default in the region
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN v IS NULL THEN 'the settings of the account were not read' END AS missing, CASE WHEN v = 0 THEN 'new volumes are not encrypted by default' END AS why
          FROM (SELECT (SELECT configuration ->> '$.ebsEncryptionByDefault' FROM estate WHERE resource_type = 'Siltstone::EC2::AccountSettings' LIMIT 1) AS v))
