-- rules: GUARDDUTY_ENABLED_CENTRALIZED
-- reads: AWS::GuardDuty::Detector, Siltstone::GuardDuty::Administrator
-- text: GuardDuty is enabled in the region, and managed by the account that is named
WITH detector(enabled) AS (SELECT configuration ->> '$.Enable' FROM estate WHERE resource_type = 'AWS::GuardDuty::Detector')
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN EXISTS (SELECT 1 FROM detector) AND NOT EXISTS (SELECT 1 FROM detector WHERE enabled IS NOT NULL) THEN 'the item of the detector has no Enable' END AS missing,
               CASE WHEN NOT EXISTS (SELECT 1 FROM detector WHERE enabled = 1) THEN 'GuardDuty is not enabled'
                    WHEN coalesce(:parameters ->> '$.CentralMonitoringAccount', '') NOT IN ('', :account)
                         AND NOT EXISTS (SELECT 1 FROM estate WHERE resource_type = 'Siltstone::GuardDuty::Administrator' AND resource_id = :parameters ->> '$.CentralMonitoringAccount' AND coalesce(configuration ->> '$.relationshipStatus', 'Enabled') = 'Enabled')
                    THEN 'GuardDuty is not managed by ' || (:parameters ->> '$.CentralMonitoringAccount') END AS why)
