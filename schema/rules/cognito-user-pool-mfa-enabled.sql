-- rules: COGNITO_USER_POOL_MFA_ENABLED
-- text: user pools where one signs in by password have multi-factor authentication
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.MfaConfiguration')) AS mfa,
         (SELECT count(*) FROM json_each(configuration, '$.Policies.SignInPolicy.AllowedFirstAuthFactors') f WHERE f.value <> 'PASSWORD') AS others
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN others > 0 THEN json_array('NOT_APPLICABLE', 'one may sign in by other means than a password')
                    WHEN mfa IS NULL THEN json_array('INSUFFICIENT_DATA', 'MfaConfiguration was not recorded')
                    WHEN mfa = 'OFF' THEN json_array('NON_COMPLIANT', 'multi-factor authentication is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
