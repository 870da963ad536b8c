-- rules: RDS_DB_SECURITY_GROUP_NOT_ALLOWED
-- text: there are no DB security groups of before VPC, but the default ones
SELECT item_id,
       CASE WHEN coalesce(configuration ->> '$.dBSecurityGroupName', resource_id) = 'default' THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       CASE WHEN coalesce(configuration ->> '$.dBSecurityGroupName', resource_id) = 'default' THEN NULL ELSE 'the DB security group is not the default one' END AS annotation
  FROM item
