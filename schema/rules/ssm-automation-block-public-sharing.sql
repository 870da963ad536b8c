-- rules: SSM_AUTOMATION_BLOCK_PUBLIC_SHARING
-- reads: Siltstone::SSM::DocumentSharing
-- text: documents of Systems Manager cannot be shared with everybody
WITH seen AS (
  SELECT max(coalesce(json_extract(e.configuration, '$.settingValue'), CASE WHEN json_extract(e.configuration, '$.settingId') <> ''
      THEN '' END)) AS setting
    FROM (SELECT 1) LEFT JOIN estate e ON e.resource_type = 'Siltstone::SSM::DocumentSharing')
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id, verdict ->> 0 AS result, verdict ->> 1 AS annotation
  FROM (SELECT CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'the service setting was not recorded')
                   WHEN lower(setting) <> 'disable' THEN json_array('NON_COMPLIANT', 'documents may be shared with everybody')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
