-- rules: EC2_INSTANCE_MANAGED_BY_SSM
-- types: AWS::EC2::Instance
-- reads: AWS::SSM::ManagedInstanceInventory
-- text: instances are managed by Systems Manager
WITH managed(id) AS (SELECT resource_id FROM estate WHERE resource_type = 'AWS::SSM::ManagedInstanceInventory')
SELECT item_id,
       CASE WHEN resource_id IN (SELECT id FROM managed) THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       CASE WHEN resource_id IN (SELECT id FROM managed) THEN NULL ELSE 'Systems Manager does not know the instance' END AS annotation
  FROM item
 WHERE coalesce(configuration ->> '$.state.name', 'running') NOT IN ('shutting-down', 'terminated')
