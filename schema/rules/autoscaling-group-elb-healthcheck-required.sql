-- rules: AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED
-- text: Auto Scaling groups behind a load balancer use its health checks
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN 'the item has no healthCheckType' END AS missing,
               CASE WHEN ',' || kind || ',' NOT LIKE '%,ELB,%' THEN 'the group is behind a load balancer, and its health checks are of ' || kind || ' alone' END AS why
          FROM (SELECT item_id, replace(configuration ->> '$.healthCheckType', ' ', '') AS kind
                  FROM item WHERE coalesce(json_array_length(configuration, '$.loadBalancerNames'), 0) + coalesce(json_array_length(configuration, '$.targetGroupARNs'), 0) > 0))
