-- rules: S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS
-- text: the account blocks public access to S3, all the ways that are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN json_type(configuration) IS NOT 'object' THEN 'the item has no configuration' END AS missing,
               (SELECT 'public access is not blocked for the account: ' || group_concat(column1, ', ') || ' is off'
                  FROM (VALUES ('IgnorePublicAcls'), ('BlockPublicPolicy'), ('BlockPublicAcls'), ('RestrictPublicBuckets'))
                 WHERE lower(coalesce(json_extract(:parameters, '$.' || column1), 'true')) <> 'false'
                   AND json_extract(configuration, '$.' || lower(substr(column1, 1, 1)) || substr(column1, 2)) IS NOT 1 HAVING count(*) > 0) AS why
          FROM item)
