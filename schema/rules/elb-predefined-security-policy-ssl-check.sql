-- rules: ELB_PREDEFINED_SECURITY_POLICY_SSL_CHECK
-- reads: Siltstone::ElasticLoadBalancing::Policy
-- text: the encrypted listeners of classic load balancers have the security policy in predefinedPolicyName
WITH policy AS MATERIALIZED (
  SELECT json_extract(e.configuration, '$.loadBalancerName') AS balancer, json_extract(e.configuration, '$.policyName') AS name,
         json_extract(e.configuration, a.fullkey || '.attributeName') AS attribute, json_extract(e.configuration, a.fullkey
             || '.attributeValue') AS value
    FROM estate e, json_each(e.configuration, '$.policyAttributeDescriptions') a
   WHERE e.resource_type = 'Siltstone::ElasticLoadBalancing::Policy'
       AND json_extract(e.configuration, '$.policyTypeName') = 'SSLNegotiationPolicyType'),
listener AS MATERIALIZED (
  SELECT i.item_id, i.resource_id AS balancer, json_extract(i.configuration, l.fullkey || '.listener.loadBalancerPort') AS port, n.value AS policy
    FROM item i, json_each(i.configuration, '$.listenerDescriptions') l LEFT JOIN json_each(i.configuration, l.fullkey || '.policyNames') n
   WHERE upper(json_extract(i.configuration, l.fullkey || '.listener.protocol')) IN ('HTTPS', 'SSL')),
seen AS (
  SELECT item_id, json_type(item.configuration, '$.listenerDescriptions') AS kept,
         (SELECT count(DISTINCT port) FROM listener l WHERE l.item_id = item.item_id) AS n,
         (SELECT group_concat(DISTINCT l.port) FROM listener l WHERE l.item_id = item.item_id AND NOT EXISTS (SELECT 1
             FROM listener m JOIN policy p ON p.balancer = m.balancer AND p.name = m.policy WHERE m.item_id = l.item_id
             AND m.port = l.port)) AS unknown,
         (SELECT group_concat(DISTINCT l.port) FROM listener l WHERE l.item_id = item.item_id AND NOT EXISTS (SELECT 1
             FROM listener m JOIN policy p ON p.balancer = m.balancer AND p.name = m.policy WHERE m.item_id = l.item_id AND m.port = l.port
             AND p.attribute = 'Reference-Security-Policy' AND p.value = trim(:parameters ->> '$.predefinedPolicyName'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'listenerDescriptions was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'it has no HTTPS or SSL listener')
                    WHEN unknown <> ''
                    THEN json_array('INSUFFICIENT_DATA', 'the policy of the listener at port ' || unknown || ' was not recorded')
                    WHEN other <> ''
                    THEN json_array('NON_COMPLIANT', 'the listener at port ' || other || ' does not have '
                        || coalesce(:parameters ->> '$.predefinedPolicyName', '?'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
