-- rules: AURORA_GLOBAL_DATABASE_ENCRYPTION_AT_REST
-- text: the storage of global databases is encrypted
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the storage of the global database is not encrypted' ELSE 'the item does not say StorageEncrypted' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.StorageEncrypted' AS v
          FROM item)
