-- rules: CLOUDFRONT_CUSTOM_SSL_CERTIFICATE
-- text: distributions have a certificate of their own
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig.viewerCertificate') AS kept,
         json_extract(configuration, '$.distributionConfig.viewerCertificate.cloudFrontDefaultCertificate') AS own
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR own IS NULL THEN json_array('INSUFFICIENT_DATA', 'viewerCertificate was not recorded')
                    WHEN own IS NOT 0 THEN json_array('NON_COMPLIANT', 'the distribution has the default certificate of CloudFront')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
