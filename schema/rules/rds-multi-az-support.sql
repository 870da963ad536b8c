-- rules: RDS_MULTI_AZ_SUPPORT
-- text: DB instances have a standby in another availability zone, but those of clusters
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the DB instance has no standby in another availability zone' ELSE 'the item does not say multiAZ' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.multiAZ' AS v
          FROM item
         WHERE coalesce(configuration ->> '$.dBClusterIdentifier', '') = '' AND coalesce(configuration ->> '$.engine', '') NOT LIKE 'aurora%' AND coalesce(configuration ->> '$.engine', '') NOT IN ('docdb', 'neptune'))
