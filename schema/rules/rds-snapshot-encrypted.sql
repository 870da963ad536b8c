-- rules: RDS_SNAPSHOT_ENCRYPTED
-- text: snapshots of DB instances and clusters are encrypted
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN v IS NULL OR v NOT IN (0, 1) THEN 'the item does not say whether the snapshot is encrypted' END AS missing,
               CASE WHEN v = 0 THEN 'the snapshot is not encrypted' END AS why
          FROM (SELECT item_id, coalesce(configuration ->> '$.encrypted', configuration ->> '$.storageEncrypted') AS v FROM item))
