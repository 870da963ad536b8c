-- rules: GUARDDUTY_EKS_PROTECTION_RUNTIME_ENABLED
-- text: GuardDuty watches what runs in EKS, and manages its agent there
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.Features') IS NOT 'array' THEN 'the item has no Features' END AS missing,
               CASE WHEN configuration ->> '$.Enable' = 0 THEN 'the detector is not enabled'
                    WHEN NOT EXISTS (
                      SELECT 1 FROM json_each(configuration, '$.Features') f
                       WHERE CASE f.type WHEN 'object' THEN f.value ->> '$.Name' IN ('RUNTIME_MONITORING', 'EKS_RUNTIME_MONITORING') AND f.value ->> '$.Status' = 'ENABLED'
                            AND EXISTS (SELECT 1 FROM json_each(f.value, '$.AdditionalConfiguration') a WHERE CASE a.type WHEN 'object' THEN a.value ->> '$.Name' = 'EKS_ADDON_MANAGEMENT' AND a.value ->> '$.Status' = 'ENABLED' END) END)
                    THEN 'runtime monitoring of EKS, or managing its agent, is not enabled' END AS why
          FROM item)
