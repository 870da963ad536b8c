-- rules: IAM_GROUP_HAS_USERS_CHECK
-- reads: AWS::IAM::User
-- text: groups have users
WITH used(name) AS MATERIALIZED (SELECT DISTINCT g.value FROM estate, json_each(configuration, '$.groupList') g WHERE resource_type = 'AWS::IAM::User' AND g.type = 'text')
SELECT item_id,
       CASE WHEN group_name IS NULL THEN 'INSUFFICIENT_DATA' WHEN group_name IN (SELECT name FROM used) THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       CASE WHEN group_name IS NULL THEN 'the item has no groupName' WHEN group_name IN (SELECT name FROM used) THEN NULL ELSE 'no user is in the group' END AS annotation
  FROM (SELECT item_id, coalesce(configuration ->> '$.groupName', name) AS group_name FROM item)
