-- rules: VPC_FLOW_LOGS_ENABLED
-- reads: AWS::EC2::FlowLog
-- text: the traffic of each VPC is logged, of the kind that is asked for
WITH logged(vpc) AS MATERIALIZED (
  SELECT configuration ->> '$.resourceId' FROM estate
   WHERE resource_type = 'AWS::EC2::FlowLog' AND coalesce(configuration ->> '$.flowLogStatus', 'ACTIVE') = 'ACTIVE' AND configuration ->> '$.resourceId' IS NOT NULL
     AND (coalesce(:parameters ->> '$.trafficType', '') = '' OR upper(:parameters ->> '$.trafficType') = configuration ->> '$.trafficType'))
SELECT item_id,
       CASE WHEN resource_id IN (SELECT vpc FROM logged) THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       CASE WHEN resource_id IN (SELECT vpc FROM logged) THEN NULL
            ELSE 'no flow log of ' || CASE WHEN :parameters ->> '$.trafficType' <> '' THEN 'traffic type ' || upper(:parameters ->> '$.trafficType') || ' of ' ELSE '' END || 'the VPC is active' END AS annotation
  FROM item
