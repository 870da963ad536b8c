-- rules: IAM_ROLE_MANAGED_POLICY_CHECK
-- text: the policies that are named are attached to each role
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.managedPolicyArns'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.attachedManagedPolicies') IS NOT 'array' THEN 'the item has no attachedManagedPolicies' END AS missing,
               (SELECT 'not attached to the role: ' || group_concat(v, ', ') FROM wanted
                 WHERE v NOT IN (SELECT a.value ->> '$.policyArn' FROM json_each(configuration, '$.attachedManagedPolicies') a WHERE CASE a.type WHEN 'object' THEN a.value ->> '$.policyArn' END IS NOT NULL) HAVING count(*) > 0) AS why
          FROM item)
