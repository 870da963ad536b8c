-- rules: S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC
-- reads: AWS::S3::AccountPublicAccessBlock
-- text: the account blocks public access to S3, all the ways that are asked for
WITH account(configuration) AS (SELECT configuration FROM estate WHERE resource_type = 'AWS::S3::AccountPublicAccessBlock' LIMIT 1)
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN why IS NULL THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result, why AS annotation
  FROM (SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM account) THEN 'public access is not blocked for the account'
                    ELSE (SELECT (SELECT 'public access is not blocked for the account: ' || group_concat(column1, ', ') || ' is off'
                           FROM (VALUES ('IgnorePublicAcls'), ('BlockPublicPolicy'), ('BlockPublicAcls'), ('RestrictPublicBuckets'))
                          WHERE lower(coalesce(json_extract(:parameters, '$.' || column1), 'true')) <> 'false'
                            AND json_extract(configuration, '$.' || lower(substr(column1, 1, 1)) || substr(column1, 2)) IS NOT 1 HAVING count(*) > 0) FROM account) END AS why)
