-- rules: ACM_CERTIFICATE_RSA_CHECK
-- text: the RSA keys of certificates have 2048 bits or more
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.keyAlgorithm') AS algorithm
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN algorithm IS NULL THEN json_array('INSUFFICIENT_DATA', 'keyAlgorithm was not recorded')
                    WHEN algorithm NOT LIKE 'RSA%' THEN json_array('NOT_APPLICABLE', 'not a certificate with an RSA key')
                    WHEN CAST(substr(algorithm, 5) AS INTEGER) < 2048
                    THEN json_array('NON_COMPLIANT', 'its key is ' || algorithm || ', which has less than 2048 bits')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
