-- rules: CLOUDFRONT_SECURITY_POLICY_CHECK
-- text: viewers have to speak TLS 1.2 or newer
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig.viewerCertificate') AS kept,
         json_extract(configuration, '$.distributionConfig.viewerCertificate.minimumProtocolVersion') AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR least IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'viewerCertificate.minimumProtocolVersion was not recorded')
                    WHEN least NOT LIKE 'TLSv1.2%' AND least NOT LIKE 'TLSv1.3%'
                    THEN json_array('NON_COMPLIANT', 'viewers may speak ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
