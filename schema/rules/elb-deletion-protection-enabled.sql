-- rules: ELB_DELETION_PROTECTION_ENABLED
-- text: load balancers are protected from deletion
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'deletion_protection.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'attribute deletion_protection.enabled was not recorded')
                    WHEN setting <> 'true' THEN json_array('NON_COMPLIANT', 'deletion protection is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
