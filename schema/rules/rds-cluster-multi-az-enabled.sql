-- rules: RDS_CLUSTER_MULTI_AZ_ENABLED
-- text: DB clusters span several availability zones
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the DB cluster is in one availability zone' ELSE 'the item does not say multiAZ' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.multiAZ' AS v
          FROM item
         WHERE coalesce(configuration ->> '$.engine', '') NOT IN ('docdb', 'neptune'))
