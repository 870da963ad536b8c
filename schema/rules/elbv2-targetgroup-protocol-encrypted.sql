-- rules: ELBV2_TARGETGROUP_PROTOCOL_ENCRYPTED
-- text: target groups are reached by HTTPS, TLS or QUIC
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Protocol') AS protocol, json_extract(configuration, '$.TargetType') AS target
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN target IN ('lambda', 'alb') OR protocol = 'GENEVE'
                    THEN json_array('NOT_APPLICABLE', 'a target group of functions, load balancers or appliances')
                    WHEN protocol IS NULL THEN json_array('INSUFFICIENT_DATA', 'Protocol was not recorded')
                    WHEN protocol NOT IN ('HTTPS', 'TLS', 'QUIC', 'TCP_QUIC')
                    THEN json_array('NON_COMPLIANT', 'targets are reached by ' || protocol)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
