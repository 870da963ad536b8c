-- rules: COGNITO_USER_POOL_PASSWORD_POLICY_CHECK
-- text: passwords of user pools are as long and mixed as asked, and temporary ones end in time
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Policies.PasswordPolicy') AS kept,
         json_extract(configuration, '$.Policies.PasswordPolicy.MinimumLength') AS length_,
         json_extract(configuration, '$.Policies.PasswordPolicy.RequireLowercase') AS lower_,
         json_extract(configuration, '$.Policies.PasswordPolicy.RequireUppercase') AS upper_,
         json_extract(configuration, '$.Policies.PasswordPolicy.RequireNumbers') AS number,
         json_extract(configuration, '$.Policies.PasswordPolicy.RequireSymbols') AS symbol,
         json_extract(configuration, '$.Policies.PasswordPolicy.TemporaryPasswordValidityDays') AS days
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'Policies.PasswordPolicy was not recorded')
                    WHEN coalesce(length_, 0) < CAST((:parameters ->> '$.minLength') AS INTEGER)
                    THEN json_array('NON_COMPLIANT', 'passwords may have ' || coalesce(length_, 0) || ' characters')
                    WHEN lower(:parameters ->> '$.requireLowercase') = 'true' AND lower_ IS NOT 1
                    THEN json_array('NON_COMPLIANT', 'passwords need no small letter')
                    WHEN lower(:parameters ->> '$.requireUppercase') = 'true' AND upper_ IS NOT 1
                    THEN json_array('NON_COMPLIANT', 'passwords need no capital letter')
                    WHEN lower(:parameters ->> '$.requireNumbers') = 'true' AND number IS NOT 1
                    THEN json_array('NON_COMPLIANT', 'passwords need no digit')
                    WHEN lower(:parameters ->> '$.requireSymbols') = 'true' AND symbol IS NOT 1
                    THEN json_array('NON_COMPLIANT', 'passwords need no symbol')
                    WHEN days > CAST((:parameters ->> '$.temporaryPasswordValidity') AS INTEGER)
                    THEN json_array('NON_COMPLIANT', 'temporary passwords are valid for ' || days || ' days')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
