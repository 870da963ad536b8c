-- rules: IAM_POLICY_IN_USE
-- reads: AWS::IAM::User, AWS::IAM::Group, AWS::IAM::Role
-- text: the policy that is named is attached to a user, group or role: of the kind that is asked for
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT NULL AS missing,
               CASE WHEN NOT EXISTS (
                 SELECT 1 FROM estate e, json_each(e.configuration, '$.attachedManagedPolicies') a
                  WHERE e.resource_type IN ('AWS::IAM::User', 'AWS::IAM::Group', 'AWS::IAM::Role') AND CASE a.type WHEN 'object' THEN a.value ->> '$.policyArn' END = :parameters ->> '$.policyARN'
                    AND CASE upper(coalesce(:parameters ->> '$.policyUsageType', '')) WHEN 'IAM_USER' THEN 'AWS::IAM::User' WHEN 'IAM_GROUP' THEN 'AWS::IAM::Group' WHEN 'IAM_ROLE' THEN 'AWS::IAM::Role' ELSE e.resource_type END = e.resource_type)
                    THEN (:parameters ->> '$.policyARN') || ' is attached to nobody' END AS why)
