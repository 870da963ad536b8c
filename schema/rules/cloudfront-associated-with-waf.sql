-- rules: CLOUDFRONT_ASSOCIATED_WITH_WAF
-- text: a web ACL guards each distribution, one of wafWebAclIds
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.distributionConfig') AS kept,
         nullif(json_extract(configuration, '$.distributionConfig.webACLId'), '') AS acl
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'distributionConfig was not recorded')
                    WHEN acl IS NULL THEN json_array('NON_COMPLIANT', 'no web ACL guards the distribution')
                    WHEN trim(:parameters ->> '$.wafWebAclIds') <> '' AND acl NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.wafWebAclIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the web ACL is ' || acl || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
