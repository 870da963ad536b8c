-- rules: NETFW_STATELESS_RULE_GROUP_NOT_EMPTY
-- text: stateless rule groups have rules
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ruleGroup') AS kept, json_extract(configuration, '$.ruleGroupResponse.type') AS kind,
         (SELECT count(*) FROM json_each(configuration, '$.ruleGroup.rulesSource.statelessRulesAndCustomActions.statelessRules')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind = 'STATEFUL' THEN json_array('NOT_APPLICABLE', 'a stateful rule group')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ruleGroup was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the rule group has no rules')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
