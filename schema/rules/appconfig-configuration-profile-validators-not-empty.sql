-- rules: APPCONFIG_CONFIGURATION_PROFILE_VALIDATORS_NOT_EMPTY
-- text: configuration profiles have a validator
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, (SELECT count(*) FROM json_each(configuration, '$.Validators')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'it has no validator')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
