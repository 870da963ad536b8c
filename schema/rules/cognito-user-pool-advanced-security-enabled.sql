-- rules: COGNITO_USER_POOL_ADVANCED_SECURITY_ENABLED
-- text: user pools have threat protection, in the mode SecurityMode
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Policies') AS whole,
         upper(coalesce(json_extract(configuration, '$.UserPoolAddOns.AdvancedSecurityMode'), 'OFF')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND mode = 'OFF' THEN json_array('INSUFFICIENT_DATA', 'UserPoolAddOns was not recorded')
                    WHEN mode = 'OFF' THEN json_array('NON_COMPLIANT', 'threat protection is off')
                    WHEN trim(:parameters ->> '$.SecurityMode') <> '' AND mode <> upper(trim(:parameters ->> '$.SecurityMode'))
                    THEN json_array('NON_COMPLIANT', 'the mode of threat protection is ' || mode)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
