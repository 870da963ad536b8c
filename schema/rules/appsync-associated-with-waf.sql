-- rules: APPSYNC_ASSOCIATED_WITH_WAF
-- reads: Siltstone::WAFv2::GraphQLApiAssociation
-- text: a web ACL guards each GraphQL API, one of wafWebAclARNs
WITH guarded AS MATERIALIZED (
  SELECT json_extract(configuration, '$.resourceArn') AS arn, json_extract(configuration, '$.webACLArn') AS acl
    FROM estate
   WHERE resource_type = 'Siltstone::WAFv2::GraphQLApiAssociation'
   GROUP BY 1),
seen AS (
  SELECT item_id, g.acl AS acl
    FROM item LEFT JOIN guarded g ON g.arn = item.arn)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN acl IS NULL THEN json_array('NON_COMPLIANT', 'no web ACL guards it')
                    WHEN trim(:parameters ->> '$.wafWebAclARNs') <> '' AND acl NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.wafWebAclARNs'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the web ACL is ' || acl || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
