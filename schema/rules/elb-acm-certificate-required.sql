-- rules: ELB_ACM_CERTIFICATE_REQUIRED
-- text: the encrypted listeners of classic load balancers have certificates of ACM
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.listenerDescriptions') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.listenerDescriptions') l WHERE upper(json_extract(configuration, l.fullkey
             || '.listener.protocol')) IN ('HTTPS', 'SSL')) AS total,
         (SELECT group_concat(json_extract(configuration, l.fullkey || '.listener.loadBalancerPort'), ', ')
             FROM json_each(configuration, '$.listenerDescriptions') l WHERE upper(json_extract(configuration, l.fullkey
             || '.listener.protocol')) IN ('HTTPS', 'SSL') AND coalesce(json_extract(configuration, l.fullkey
             || '.listener.sslcertificateId'), '') NOT LIKE 'arn:%:acm:%') AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'listenerDescriptions was not recorded')
                    WHEN total = 0 THEN json_array('NOT_APPLICABLE', 'it has no HTTPS or SSL listener')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'no certificate of ACM at port ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
