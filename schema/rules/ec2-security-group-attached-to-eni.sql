-- rules: EC2_SECURITY_GROUP_ATTACHED_TO_ENI, EC2_SECURITY_GROUP_ATTACHED_TO_ENI_PERIODIC
-- reads: AWS::EC2::NetworkInterface
-- text: each security group but the default ones belongs to a network interface
WITH used(id) AS MATERIALIZED (
  SELECT DISTINCT CASE g.type WHEN 'object' THEN g.value ->> '$.groupId' END FROM estate, json_each(configuration, '$.groups') g WHERE resource_type = 'AWS::EC2::NetworkInterface')
SELECT item_id,
       CASE WHEN resource_id IN (SELECT id FROM used WHERE id IS NOT NULL) THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       CASE WHEN resource_id IN (SELECT id FROM used WHERE id IS NOT NULL) THEN NULL ELSE 'no network interface uses the security group' END AS annotation
  FROM item
 WHERE coalesce(configuration ->> '$.groupName', name, '') <> 'default'
