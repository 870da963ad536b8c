-- rules: CLOUDFRONT_ORIGIN_ACCESS_IDENTITY_ENABLED
-- text: all origins are buckets, read with an origin access identity
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT group_concat(json_extract(configuration, o.fullkey || '.id'), ', ')
             FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE coalesce(json_extract(configuration, o.fullkey
             || '.s3OriginConfig.originAccessIdentity'), '') = '') AS bare
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN bare <> '' THEN json_array('NON_COMPLIANT', 'no origin access identity, or no bucket: ' || bare)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
