-- rules: CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED
-- text: distributions have a default root object
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         json_extract(configuration, '$.distributionConfig.defaultRootObject') AS root
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN coalesce(root, '') = '' THEN json_array('NON_COMPLIANT', 'there is no default root object')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
