-- rules: DYNAMODB_TABLE_ENCRYPTION_ENABLED
-- text: encryption of tables by KMS is enabled, or being enabled
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         upper(coalesce(json_extract(configuration, '$.ssedescription.status'), 'DISABLED')) AS status_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN status_ NOT IN ('ENABLED', 'ENABLING', 'UPDATING')
                    THEN json_array('NON_COMPLIANT', 'encryption by KMS is ' || lower(status_))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
