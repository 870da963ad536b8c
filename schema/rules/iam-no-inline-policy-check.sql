-- rules: IAM_NO_INLINE_POLICY_CHECK
-- text: users, groups and roles have no inline policies
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(lists) IS NOT 'array' THEN 'the item has no list of inline policies' END AS missing,
               CASE WHEN json_array_length(lists) > 0 THEN json_array_length(lists) || ' inline policies, the first called ' || coalesce(lists ->> '$[0].policyName', '?') END AS why
          FROM (SELECT item_id, coalesce(configuration -> '$.userPolicyList', configuration -> '$.groupPolicyList', configuration -> '$.rolePolicyList') AS lists FROM item))
