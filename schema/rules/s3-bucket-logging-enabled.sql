-- rules: S3_BUCKET_LOGGING_ENABLED
-- text: access to each bucket is logged, into the bucket and below the prefix that are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN part IS NULL THEN 'the item has no BucketLoggingConfiguration' END AS missing,
               CASE WHEN target IS NULL OR target = '' THEN 'access to the bucket is not logged'
                    WHEN wanted <> '' AND target <> wanted THEN 'access is logged to ' || target || ', not to ' || wanted
                    WHEN below <> '' AND coalesce(prefix, '') <> below THEN 'access is logged below "' || coalesce(prefix, '') || '", not below "' || below || '"' END AS why
          FROM (SELECT item_id, part, part ->> '$.destinationBucketName' AS target, part ->> '$.logFilePrefix' AS prefix,
                       :parameters ->> '$.targetBucket' AS wanted, :parameters ->> '$.targetPrefix' AS below
                  FROM (SELECT item_id, supplementary -> '$.BucketLoggingConfiguration' AS part FROM item)))
