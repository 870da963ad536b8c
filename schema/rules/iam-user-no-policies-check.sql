-- rules: IAM_USER_NO_POLICIES_CHECK
-- text: users have their policies by groups and roles, not of their own
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.attachedManagedPolicies') IS NOT 'array' THEN 'the item has no attachedManagedPolicies' WHEN json_type(configuration, '$.userPolicyList') IS NOT 'array' THEN 'the item has no userPolicyList' END AS missing,
               CASE WHEN json_array_length(configuration, '$.attachedManagedPolicies') > 0 THEN 'the policy ' || coalesce(configuration ->> '$.attachedManagedPolicies[0].policyName', '?') || ' is attached to the user'
                    WHEN json_array_length(configuration, '$.userPolicyList') > 0 THEN 'the user has the inline policy ' || coalesce(configuration ->> '$.userPolicyList[0].policyName', '?') END AS why
          FROM item)
