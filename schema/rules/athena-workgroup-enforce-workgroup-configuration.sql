-- rules: ATHENA_WORKGROUP_ENFORCE_WORKGROUP_CONFIGURATION
-- text: work groups override what clients set
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.WorkGroupConfiguration.EnforceWorkGroupConfiguration') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'WorkGroupConfiguration.EnforceWorkGroupConfiguration was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'clients may override the configuration of the work group')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
