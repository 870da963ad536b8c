-- rules: RDS_CLUSTER_ENCRYPTED_AT_REST
-- text: the storage of DB clusters is encrypted
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the storage of the DB cluster is not encrypted' ELSE 'the item does not say storageEncrypted' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.storageEncrypted' AS v
          FROM item
         WHERE coalesce(configuration ->> '$.engine', '') NOT IN ('docdb', 'neptune'))
