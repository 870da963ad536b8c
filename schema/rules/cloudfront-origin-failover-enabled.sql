-- rules: CLOUDFRONT_ORIGIN_FAILOVER_ENABLED
-- text: distributions have a group of at least two origins to fail over
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.distributionConfig.originGroups.items') g WHERE (SELECT count(*)
             FROM json_each(configuration, g.fullkey || '.members.items')) >= 2) AS groups
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN groups = 0 THEN json_array('NON_COMPLIANT', 'there is no group of two origins')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
