-- rules: RDS_CLUSTER_DELETION_PROTECTION_ENABLED
-- text: DB clusters are protected from deletion
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the DB cluster is not protected from deletion' ELSE 'the item does not say deletionProtection' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.deletionProtection' AS v
          FROM item
         WHERE coalesce(configuration ->> '$.engine', '') NOT IN ('docdb', 'neptune'))
