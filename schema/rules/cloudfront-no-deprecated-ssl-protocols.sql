-- rules: CLOUDFRONT_NO_DEPRECATED_SSL_PROTOCOLS
-- text: CloudFront never speaks SSLv3 to origins
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         (SELECT group_concat(json_extract(configuration, o.fullkey || '.id'), ', ')
             FROM json_each(configuration, '$.distributionConfig.origins.items') o WHERE EXISTS (SELECT 1 FROM json_each(configuration, o.fullkey
             || '.customOriginConfig.originSslProtocols.items') p WHERE upper(p.value) = 'SSLV3')) AS old
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN old <> '' THEN json_array('NON_COMPLIANT', 'SSLv3 is spoken to the origin ' || old)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
