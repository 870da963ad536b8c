-- rules: OPENSEARCH_IN_VPC_ONLY
-- text: domains are in a VPC
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ClusterConfig') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.VPCOptions.SubnetIds')) AS n
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'VPCOptions was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the endpoint of the domain is public')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
