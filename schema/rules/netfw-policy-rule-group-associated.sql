-- rules: NETFW_POLICY_RULE_GROUP_ASSOCIATED
-- text: policies have rule groups
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.firewallPolicy') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.firewallPolicy.statefulRuleGroupReferences')) + (SELECT count(*)
             FROM json_each(configuration, '$.firewallPolicy.statelessRuleGroupReferences')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'firewallPolicy was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the policy has no rule group')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
