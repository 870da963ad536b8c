-- rules: RDS_STORAGE_ENCRYPTED
-- text: the storage of DB instances is encrypted, with the key that is named
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN v IS NULL OR v NOT IN (0, 1) THEN 'the item does not say storageEncrypted' END AS missing,
               CASE WHEN v = 0 THEN 'the storage of the DB instance is not encrypted' WHEN wanted <> '' AND coalesce(kms, '') <> wanted AND coalesce(kms, '') NOT LIKE '%:key/' || wanted THEN 'the storage is encrypted with ' || coalesce(kms, 'no key that is told') || ', not ' || wanted END AS why
          FROM (SELECT item_id, configuration ->> '$.storageEncrypted' AS v, configuration ->> '$.kmsKeyId' AS kms, :parameters ->> '$.kmsKeyId' AS wanted
                  FROM item))
