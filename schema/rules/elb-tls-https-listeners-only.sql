-- rules: ELB_TLS_HTTPS_LISTENERS_ONLY
-- text: classic load balancers listen with HTTPS or SSL only
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.listenerDescriptions') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.listenerDescriptions') l) AS total,
         (SELECT group_concat(json_extract(configuration, l.fullkey || '.listener.protocol') || ' ' || json_extract(configuration, l.fullkey
             || '.listener.loadBalancerPort'), ', ') FROM json_each(configuration, '$.listenerDescriptions') l
             WHERE upper(json_extract(configuration, l.fullkey || '.listener.protocol')) NOT IN ('HTTPS', 'SSL')) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'listenerDescriptions was not recorded')
                    WHEN total = 0 THEN json_array('NOT_APPLICABLE', 'it has no listener')
                    WHEN plain <> '' THEN json_array('NON_COMPLIANT', 'not encrypted: ' || plain)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
