-- rules: ALB_HTTP_DROP_INVALID_HEADER_ENABLED
-- text: application load balancers drop invalid HTTP header fields
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.type') AS kind,
         (SELECT json_extract(supplementary, a.fullkey || '.value') FROM json_each(supplementary, '$.LoadBalancerAttributes') a
             WHERE json_extract(supplementary, a.fullkey || '.key') = 'routing.http.drop_invalid_header_fields.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'application' THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN setting IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'attribute routing.http.drop_invalid_header_fields.enabled was not recorded')
                    WHEN setting <> 'true' THEN json_array('NON_COMPLIANT', 'invalid header fields are not dropped')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
