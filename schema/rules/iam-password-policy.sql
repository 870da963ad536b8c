-- rules: IAM_PASSWORD_POLICY
-- reads: Siltstone::IAM::AccountSummary
-- text: the password policy of the account asks for what is asked for
WITH policy(there, p) AS MATERIALIZED (
  SELECT 1, supplementary -> '$.PasswordPolicy' FROM estate WHERE resource_type = 'Siltstone::IAM::AccountSummary' LIMIT 1),
asked(what, met) AS (
  SELECT column1, lower(coalesce(json_extract(:parameters, '$.' || column2), '')) <> 'true' OR json_extract(p, '$.' || column3) = 1
    FROM policy, (VALUES ('upper-case letters', 'RequireUppercaseCharacters', 'requireUppercaseCharacters'), ('lower-case letters', 'RequireLowercaseCharacters', 'requireLowercaseCharacters'),
                         ('symbols', 'RequireSymbols', 'requireSymbols'), ('numbers', 'RequireNumbers', 'requireNumbers'))
   UNION ALL
  SELECT 'length ' || coalesce(p ->> '$.minimumPasswordLength', 0), coalesce(p ->> '$.minimumPasswordLength', 0) >= CAST(coalesce(:parameters ->> '$.MinimumPasswordLength', 0) AS INTEGER) FROM policy
   UNION ALL
  SELECT 'reuse of all but the last ' || coalesce(p ->> '$.passwordReusePrevention', 0), coalesce(p ->> '$.passwordReusePrevention', 0) >= CAST(coalesce(:parameters ->> '$.PasswordReusePrevention', 0) AS INTEGER) FROM policy
   UNION ALL
  SELECT CASE WHEN coalesce(p ->> '$.maxPasswordAge', 0) = 0 THEN 'passwords that never expire' ELSE 'age ' || (p ->> '$.maxPasswordAge') END,
         coalesce(:parameters ->> '$.MaxPasswordAge', '') = '' OR coalesce(p ->> '$.maxPasswordAge', 0) BETWEEN 1 AND CAST(:parameters ->> '$.MaxPasswordAge' AS INTEGER) FROM policy)
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT CASE WHEN there IS NULL THEN 'the summary of the account was not read' END AS missing,
               CASE WHEN p IS NULL THEN 'the account has no password policy'
                    ELSE (SELECT 'the password policy asks for too little: ' || group_concat(what, ', ') FROM asked WHERE met IS NOT 1 HAVING count(*) > 0) END AS why
          FROM (SELECT 1) LEFT JOIN policy)
