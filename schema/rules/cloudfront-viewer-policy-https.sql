-- rules: CLOUDFRONT_VIEWER_POLICY_HTTPS
-- text: viewers speak HTTPS, at once or after a redirection
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT group_concat(b.name, ', ') FROM (SELECT '$.distributionConfig.defaultCacheBehavior' AS at, 'the default behavior' AS name
             UNION ALL SELECT b.fullkey, coalesce(json_extract(configuration, b.fullkey || '.pathPattern'), '?')
             FROM json_each(configuration, '$.distributionConfig.cacheBehaviors.items') b) b WHERE json_extract(configuration, b.at
             || '.viewerProtocolPolicy') = 'allow-all') AS plain,
         json_extract(configuration, '$.distributionConfig.defaultCacheBehavior.viewerProtocolPolicy') AS known_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'viewers may speak HTTP: ' || plain)
                    WHEN known_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'defaultCacheBehavior.viewerProtocolPolicy was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
