-- rules: S3_BUCKET_ACL_PROHIBITED
-- text: access control lists give nobody but the owner access to a bucket
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN acl IS NULL THEN 'the item has no AccessControlList' END AS missing,
               (SELECT 'the access control list gives ' || coalesce(g.value ->> '$.permission', 'access') || ' to '
                       || coalesce(CASE json_type(g.value, '$.grantee') WHEN 'object' THEN coalesce(g.value ->> '$.grantee.displayName', g.value ->> '$.grantee.id') ELSE g.value ->> '$.grantee' END, 'somebody')
                  FROM json_each(acl, '$.grantList') g
                 WHERE CASE g.type WHEN 'object' THEN json_type(g.value, '$.grantee') IS NOT 'object' OR g.value ->> '$.grantee.id' IS NOT acl ->> '$.owner.id' END
                 LIMIT 1) AS why
          FROM (SELECT item_id, CASE WHEN json_valid(supplementary ->> '$.AccessControlList') THEN supplementary ->> '$.AccessControlList' END AS acl FROM item))
