-- rules: EMR_MASTER_NO_PUBLIC_IP
-- types: AWS::EMR::Cluster
-- reads: AWS::EC2::Instance
-- text: the primary nodes of EMR clusters have no public address
WITH master AS MATERIALIZED (
  SELECT json_extract(tags, '$."aws:elasticmapreduce:job-flow-id"') AS cluster, json_extract(configuration, '$.publicIpAddress') AS address
    FROM estate
   WHERE resource_type = 'AWS::EC2::Instance' AND json_extract(tags, '$."aws:elasticmapreduce:instance-group-role"') = 'MASTER'
     AND json_extract(configuration, '$.state.name') NOT IN ('terminated', 'shutting-down')),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.status.state') AS state,
         (SELECT count(*) FROM master m WHERE m.cluster = item.resource_id) AS n,
         (SELECT group_concat(m.address, ', ') FROM master m WHERE m.cluster = item.resource_id) AS address
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IN ('TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS')
                    THEN json_array('NOT_APPLICABLE', 'the cluster has ended')
                    WHEN address <> '' THEN json_array('NON_COMPLIANT', 'the primary node has the public address ' || address)
                    WHEN n = 0 THEN json_array('INSUFFICIENT_DATA', 'the instance of the primary node was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
