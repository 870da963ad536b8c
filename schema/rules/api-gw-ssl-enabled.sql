-- rules: API_GW_SSL_ENABLED
-- text: stages of REST APIs have a client certificate to show to backends, one of CertificateIDs
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         nullif(json_extract(configuration, '$.clientCertificateId'), '') AS certificate
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN certificate IS NULL THEN json_array('NON_COMPLIANT', 'the stage has no client certificate')
                    WHEN trim(:parameters ->> '$.CertificateIDs') <> '' AND certificate NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.CertificateIDs'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the client certificate is ' || certificate || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
