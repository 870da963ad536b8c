-- rules: ALB_WAF_ENABLED
-- reads: Siltstone::WAFv2::LoadBalancerAssociation
-- text: a web ACL guards each application load balancer, one of wafWebAclIds
WITH guarded AS MATERIALIZED (
  SELECT json_extract(configuration, '$.resourceArn') AS arn, json_extract(configuration, '$.webACLArn') AS acl
    FROM estate
   WHERE resource_type = 'Siltstone::WAFv2::LoadBalancerAssociation'
   GROUP BY 1),
seen AS (
  SELECT item_id, g.acl AS acl, json_extract(item.configuration, '$.type') AS kind
    FROM item LEFT JOIN guarded g ON g.arn = item.arn)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'type was not recorded')
                    WHEN kind <> 'application' THEN json_array('NOT_APPLICABLE', 'not an application load balancer')
                    WHEN acl IS NULL THEN json_array('NON_COMPLIANT', 'no web ACL guards it')
                    WHEN trim(:parameters ->> '$.wafWebAclIds') <> '' AND acl NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.wafWebAclIds'), ',', '","') || ']'))
                        AND substr(acl, length(rtrim(acl, replace(acl, '/', ''))) + 1) NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.wafWebAclIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the web ACL is ' || acl || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
