-- rules: WAF_REGIONAL_RULE_NOT_EMPTY
-- text: rules of AWS WAF Classic (regional) have conditions
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.predicates') AS kept, (SELECT count(*) FROM json_each(configuration, '$.predicates')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'predicates was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the rule has no conditions')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
