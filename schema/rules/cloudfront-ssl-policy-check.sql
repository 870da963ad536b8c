-- rules: CLOUDFRONT_SSL_POLICY_CHECK
-- text: distributions have one of the security policies in securityPolicies
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig.viewerCertificate') AS kept,
         json_extract(configuration, '$.distributionConfig.viewerCertificate.minimumProtocolVersion') AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' OR least IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'viewerCertificate.minimumProtocolVersion was not recorded')
                    WHEN least NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.securityPolicies'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the security policy is ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
