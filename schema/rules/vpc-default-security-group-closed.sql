-- rules: VPC_DEFAULT_SECURITY_GROUP_CLOSED
-- text: the default security group of each VPC lets nothing in and nothing out
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN json_type(configuration, '$.ipPermissions') IS NOT 'array' THEN 'the item has no ipPermissions' WHEN json_type(configuration, '$.ipPermissionsEgress') IS NOT 'array' THEN 'the item has no ipPermissionsEgress' END AS missing,
               CASE WHEN json_array_length(configuration, '$.ipPermissions') > 0 THEN 'the default security group has ' || json_array_length(configuration, '$.ipPermissions') || ' inbound rule(s)'
                    WHEN json_array_length(configuration, '$.ipPermissionsEgress') > 0 THEN 'the default security group has ' || json_array_length(configuration, '$.ipPermissionsEgress') || ' outbound rule(s)' END AS why
          FROM item
         WHERE coalesce(configuration ->> '$.groupName', name) = 'default')
