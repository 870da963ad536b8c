-- rules: OPENSEARCH_ACCESS_CONTROL_ENABLED
-- text: domains have fine-grained access control
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AdvancedSecurityOptions.Enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'AdvancedSecurityOptions.Enabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'fine-grained access control is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
