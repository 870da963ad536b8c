-- rules: COGNITO_USER_POOL_DELETION_PROTECTION_ENABLED
-- text: user pools are protected from deletion
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.DeletionProtection')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'DeletionProtection was not recorded')
                    WHEN value <> 'ACTIVE' THEN json_array('NON_COMPLIANT', 'deletion protection is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
