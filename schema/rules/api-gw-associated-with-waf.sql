-- rules: API_GW_ASSOCIATED_WITH_WAF
-- text: a web ACL guards each stage of a REST API, one of WebAclArns
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, nullif(json_extract(configuration, '$.webAclArn'), '') AS acl
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN acl IS NULL THEN json_array('NON_COMPLIANT', 'no web ACL guards the stage')
                    WHEN trim(:parameters ->> '$.WebAclArns') <> '' AND acl NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.WebAclArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the web ACL is ' || acl || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
