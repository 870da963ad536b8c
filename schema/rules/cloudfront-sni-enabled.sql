-- rules: CLOUDFRONT_SNI_ENABLED
-- text: distributions with a certificate of their own serve it by SNI, not by an address of their own
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig.viewerCertificate') AS kept,
         json_extract(configuration, '$.distributionConfig.viewerCertificate.cloudFrontDefaultCertificate') AS own,
         json_extract(configuration, '$.distributionConfig.viewerCertificate.sslSupportMethod') AS method
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'viewerCertificate was not recorded')
                    WHEN own = 1 THEN json_array('NOT_APPLICABLE', 'the distribution has the default certificate of CloudFront')
                    WHEN method IS NULL THEN json_array('INSUFFICIENT_DATA', 'viewerCertificate.sslSupportMethod was not recorded')
                    WHEN method <> 'sni-only' THEN json_array('NON_COMPLIANT', 'the certificate is served by ' || method)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
