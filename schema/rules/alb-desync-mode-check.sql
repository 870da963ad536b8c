-- rules: ALB_DESYNC_MODE_CHECK
-- text: application load balancers guard against HTTP desync in one of the modes in desyncMode
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'routing.http.desync_mitigation_mode') AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'application' THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN mode IS NULL THEN json_array('INSUFFICIENT_DATA', 'attribute routing.http.desync_mitigation_mode was not recorded')
                    WHEN mode NOT IN (SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.desyncMode'), ',', '","')
                        || ']'))
                    THEN json_array('NON_COMPLIANT', 'the mode against HTTP desync is ' || mode || ', not '
                        || replace(:parameters ->> '$.desyncMode', ',', ' or '))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
