-- rules: IAM_POLICY_BLACKLISTED_CHECK
-- text: the policies that are named are attached to no user, group or role, but those that are excepted
WITH unwanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.policyArns'), ',', '","') || ']') WHERE trim(value) <> ''),
-- users:[user1;user2], roles:[role1]
excepted(kind, names) AS MATERIALIZED (
  SELECT CASE WHEN instr(v, ':[') THEN lower(substr(v, 1, instr(v, ':[') - 1)) ELSE '' END, replace(rtrim(CASE WHEN instr(v, ':[') THEN substr(v, instr(v, ':[') + 2) ELSE v END, ']'), ' ', '') FROM exception_list),
exception_list(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.exceptionList'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.attachedManagedPolicies') IS NOT 'array' THEN 'the item has no attachedManagedPolicies' END AS missing,
               (SELECT 'attached: ' || group_concat(a.value ->> '$.policyArn', ', ') FROM json_each(configuration, '$.attachedManagedPolicies') a WHERE CASE a.type WHEN 'object' THEN a.value ->> '$.policyArn' END IN (SELECT v FROM unwanted) HAVING count(*) > 0) AS why
          FROM item
         WHERE NOT EXISTS (SELECT 1 FROM excepted WHERE kind IN ('', CASE resource_type WHEN 'AWS::IAM::User' THEN 'users' WHEN 'AWS::IAM::Group' THEN 'groups' ELSE 'roles' END) AND instr(';' || names || ';', ';' || item.name || ';') > 0))
