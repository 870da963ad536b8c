-- rules: ELBV2_LISTENER_ENCRYPTION_IN_TRANSIT
-- text: listeners of load balancers end HTTPS or TLS
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Protocol') AS protocol, json_extract(configuration, '$.LoadBalancerArn') AS balancer
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN balancer LIKE '%:loadbalancer/gwy/%' THEN json_array('NOT_APPLICABLE', 'a listener of a gateway load balancer')
                    WHEN protocol IS NULL THEN json_array('INSUFFICIENT_DATA', 'Protocol was not recorded')
                    WHEN protocol NOT IN ('HTTPS', 'TLS') THEN json_array('NON_COMPLIANT', 'the listener speaks ' || protocol)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
