-- rules: INSPECTOR_ECR_SCAN_ENABLED
-- reads: Siltstone::Inspector2::AccountStatus
-- text: Inspector scans images of containers
WITH seen AS (
  SELECT max(json_extract(e.configuration, '$.resourceState.ecr.status')) AS state
    FROM (SELECT 1) LEFT JOIN estate e ON e.resource_type = 'Siltstone::Inspector2::AccountStatus')
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id, verdict ->> 0 AS result, verdict ->> 1 AS annotation
  FROM (SELECT CASE WHEN state IS NULL THEN json_array('INSUFFICIENT_DATA', 'the state of Inspector was not recorded')
                   WHEN state NOT IN ('ENABLED', 'ENABLING') THEN json_array('NON_COMPLIANT', 'Inspector does not scan images of containers: '
                       || lower(state))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
