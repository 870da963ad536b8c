-- rules: RDS_SNAPSHOTS_PUBLIC_PROHIBITED
-- text: snapshots of DB instances and clusters are not shared with everybody
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN type IS NULL THEN 'the item has no snapshotType' WHEN type = 'manual' AND attributes IS NULL THEN 'it is not known with whom the snapshot is shared' END AS missing,
               CASE WHEN type = 'public' OR EXISTS (SELECT 1 FROM json_each(attributes) a, json_each(CASE a.type WHEN 'object' THEN a.value END, '$.attributeValues') v
                                  WHERE CASE a.type WHEN 'object' THEN a.value ->> '$.attributeName' END = 'restore' AND v.value = 'all') THEN 'everybody may restore the snapshot' END AS why
          FROM (SELECT item_id, configuration ->> '$.snapshotType' AS type, coalesce(supplementary -> '$.DBSnapshotAttributes', supplementary -> '$.DBClusterSnapshotAttributes') AS attributes FROM item))
