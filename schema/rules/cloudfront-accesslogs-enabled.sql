-- rules: CLOUDFRONT_ACCESSLOGS_ENABLED
-- text: distributions write access logs (standard, legacy), into S3BucketName
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         json_extract(configuration, '$.distributionConfig.logging.enabled') AS on_,
         json_extract(configuration, '$.distributionConfig.logging.bucket') AS bucket
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'logging.enabled was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'access is not logged')
                    WHEN trim(:parameters ->> '$.S3BucketName') <> '' AND bucket <> trim(:parameters ->> '$.S3BucketName')
                        AND bucket NOT LIKE trim(:parameters ->> '$.S3BucketName') || '.s3.%'
                    THEN json_array('NON_COMPLIANT', 'access is logged into ' || bucket)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
