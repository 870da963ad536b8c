-- rules: CLOUDFRONT_DISTRIBUTION_KEY_GROUP_ENABLED
-- text: signed URLs and cookies are checked with key groups, not with trusted signers
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT group_concat(b.name, ', ') FROM (SELECT '$.distributionConfig.defaultCacheBehavior' AS at, 'the default behavior' AS name
             UNION ALL SELECT b.fullkey, coalesce(json_extract(configuration, b.fullkey || '.pathPattern'), '?')
             FROM json_each(configuration, '$.distributionConfig.cacheBehaviors.items') b) b WHERE json_extract(configuration, b.at
             || '.trustedSigners.enabled') = 1) AS signers
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN signers <> '' THEN json_array('NON_COMPLIANT', 'trusted signers are used by ' || signers)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
