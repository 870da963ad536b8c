-- rules: CLOUDFRONT_TRAFFIC_TO_ORIGIN_ENCRYPTED
-- text: CloudFront speaks HTTPS to custom origins
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT group_concat(json_extract(configuration, o.fullkey || '.id'), ', ')
             FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE json_extract(configuration, o.fullkey
             || '.customOriginConfig.originProtocolPolicy') = 'http-only'
            OR json_extract(configuration, o.fullkey || '.customOriginConfig.originProtocolPolicy') = 'match-viewer'
               AND EXISTS (SELECT 1 FROM (SELECT '$.distributionConfig.defaultCacheBehavior' AS at, 'the default behavior' AS name
                   UNION ALL SELECT b.fullkey, coalesce(json_extract(configuration, b.fullkey || '.pathPattern'), '?')
                   FROM json_each(configuration, '$.distributionConfig.cacheBehaviors.items') b) b WHERE json_extract(configuration, b.at
                   || '.viewerProtocolPolicy') = 'allow-all' AND json_extract(configuration, b.at
                   || '.targetOriginId') = json_extract(configuration, o.fullkey || '.id'))) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'HTTP may be spoken to the origin ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
