-- rules: ACM_CERTIFICATE_EXPIRATION_CHECK
-- text: certificates are not about to expire within daysToExpiration days
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.notAfter') AS until, json_extract(configuration, '$.status') AS status,
         (julianday(json_extract(configuration, '$.notAfter')) - 2440587.5) - :now_ms / 86400000.0 AS days,
         CAST(coalesce(:parameters ->> '$.daysToExpiration', '14') AS INTEGER) AS most
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN until IS NULL AND status IN ('PENDING_VALIDATION', 'VALIDATION_TIMED_OUT', 'FAILED', 'INACTIVE')
                    THEN json_array('NOT_APPLICABLE', 'the certificate was never issued')
                    WHEN days IS NULL THEN json_array('INSUFFICIENT_DATA', 'notAfter was not recorded')
                    WHEN days <= 0 THEN json_array('NON_COMPLIANT', 'the certificate expired at ' || until)
                    WHEN days <= most
                    THEN json_array('NON_COMPLIANT', 'the certificate expires at ' || until || ', in ' || CAST(days AS INTEGER) || ' days')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
