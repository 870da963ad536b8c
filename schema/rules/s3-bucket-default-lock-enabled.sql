-- rules: S3_BUCKET_DEFAULT_LOCK_ENABLED
-- text: object lock is enabled for each bucket, with the default mode that is asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL AND supplementary -> '$.ObjectLockConfiguration' IS NULL THEN 'the parts of the bucket were not read' END AS missing,
               CASE WHEN state IS NOT 'Enabled' THEN 'object lock is not enabled'
                    WHEN :parameters ->> '$.mode' <> '' AND upper(coalesce(mode, '')) <> upper(:parameters ->> '$.mode') THEN 'the default mode of object lock is ' || coalesce(mode, 'not set') || ', not ' || upper(:parameters ->> '$.mode') END AS why
          FROM (SELECT item_id, supplementary, supplementary ->> '$.ObjectLockConfiguration.objectLockEnabled' AS state, supplementary ->> '$.ObjectLockConfiguration.rule.defaultRetention.mode' AS mode FROM item))
