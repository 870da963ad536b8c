-- rules: COGNITO_USERPOOL_CUST_AUTH_THREAT_FULL_CHECK
-- text: user pools enforce threat protection for custom authentication
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Policies') AS whole,
         upper(coalesce(json_extract(configuration, '$.UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode'), 'OFF')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL AND mode = 'OFF' THEN json_array('INSUFFICIENT_DATA', 'UserPoolAddOns was not recorded')
                    WHEN mode <> 'ENFORCED' THEN json_array('NON_COMPLIANT', 'for custom authentication threat protection is ' || mode)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
