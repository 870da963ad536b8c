-- rules: WAF_REGIONAL_WEBACL_NOT_EMPTY
-- text: web ACLs of AWS WAF Classic (regional) have rules
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.rules') AS kept, (SELECT count(*) FROM json_each(configuration, '$.rules')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'rules was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the web ACL has no rules')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
