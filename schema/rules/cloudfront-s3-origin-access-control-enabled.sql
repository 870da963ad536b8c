-- rules: CLOUDFRONT_S3_ORIGIN_ACCESS_CONTROL_ENABLED
-- text: buckets behind a distribution are read with an origin access control
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE (json_extract(configuration, o.fullkey
             || '.domainName') LIKE '%.s3.%' OR json_extract(configuration, o.fullkey || '.domainName') LIKE '%.s3-%')
             AND json_extract(configuration, o.fullkey || '.domainName') NOT LIKE '%.s3-website%' AND json_type(configuration, o.fullkey
             || '.customOriginConfig') IS NOT 'object') AS n,
         (SELECT group_concat(json_extract(configuration, o.fullkey || '.id'), ', ')
             FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE (json_extract(configuration, o.fullkey
             || '.domainName') LIKE '%.s3.%' OR json_extract(configuration, o.fullkey || '.domainName') LIKE '%.s3-%')
             AND json_extract(configuration, o.fullkey || '.domainName') NOT LIKE '%.s3-website%' AND json_type(configuration, o.fullkey
             || '.customOriginConfig') IS NOT 'object' AND coalesce(json_extract(configuration, o.fullkey
             || '.originAccessControlId'), '') = '') AS bare
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'no origin is a bucket')
                    WHEN bare <> '' THEN json_array('NON_COMPLIANT', 'no origin access control: ' || bare)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
