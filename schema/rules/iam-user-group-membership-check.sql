-- rules: IAM_USER_GROUP_MEMBERSHIP_CHECK
-- text: users are in a group, one of those that are named
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.groupNames'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.groupList') IS NOT 'array' THEN 'the item has no groupList' END AS missing,
               CASE WHEN json_array_length(configuration, '$.groupList') = 0 THEN 'the user is in no group'
                    WHEN EXISTS (SELECT 1 FROM wanted) AND NOT EXISTS (SELECT 1 FROM json_each(configuration, '$.groupList') g JOIN wanted ON v = g.value) THEN 'the user is in none of the groups that are named' END AS why
          FROM item)
