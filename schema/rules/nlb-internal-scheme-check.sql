-- rules: NLB_INTERNAL_SCHEME_CHECK
-- text: Network load balancers are internal
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind, json_extract(configuration, '$.scheme') AS scheme
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'network' THEN json_array('NOT_APPLICABLE', 'not a network load balancer')
                    WHEN scheme IS NULL THEN json_array('INSUFFICIENT_DATA', 'scheme was not recorded')
                    WHEN scheme <> 'internal' THEN json_array('NON_COMPLIANT', 'the scheme is ' || scheme)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
