-- rules: WAFV2_RULEGROUP_NOT_EMPTY
-- text: rule groups have rules
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.VisibilityConfig') AS whole, (SELECT count(*) FROM json_each(configuration, '$.Rules')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n > 0 THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'Rules was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the rule group has no rules')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
