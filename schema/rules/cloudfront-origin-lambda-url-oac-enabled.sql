-- rules: CLOUDFRONT_ORIGIN_LAMBDA_URL_OAC_ENABLED
-- text: function URLs behind a distribution are called with an origin access control
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE json_extract(configuration, o.fullkey
             || '.domainName') LIKE '%.lambda-url.%') AS n,
         (SELECT group_concat(json_extract(configuration, o.fullkey || '.id'), ', ')
             FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE json_extract(configuration, o.fullkey
             || '.domainName') LIKE '%.lambda-url.%' AND coalesce(json_extract(configuration, o.fullkey
             || '.originAccessControlId'), '') = '') AS bare
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'no origin is a function URL')
                    WHEN bare <> '' THEN json_array('NON_COMPLIANT', 'no origin access control: ' || bare)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
