-- rules: WAFV2_WEBACL_NOT_EMPTY
-- text: web ACLs have rules or rule groups
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.VisibilityConfig') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.Rules')) + (SELECT count(*)
             FROM json_each(configuration, '$.PreProcessFirewallManagerRuleGroups')) + (SELECT count(*)
             FROM json_each(configuration, '$.PostProcessFirewallManagerRuleGroups')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n > 0 THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'Rules was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'the web ACL has no rules')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
