-- rules: NEPTUNE_CLUSTER_SNAPSHOT_PUBLIC_PROHIBITED
-- text: snapshots of Neptune clusters that people made are not shared with everybody
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine, json_extract(configuration, '$.snapshotType') AS kind,
         json_type(supplementary, '$.DBClusterSnapshotAttributes') AS kept,
         (SELECT count(*) FROM json_each(supplementary, '$.DBClusterSnapshotAttributes') a, json_each(supplementary, a.fullkey
             || '.attributeValues') v WHERE json_extract(supplementary, a.fullkey || '.attributeName') = 'restore' AND v.value = 'all') AS all_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL OR kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine or snapshotType was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN kind = 'public' OR all_ > 0 THEN json_array('NON_COMPLIANT', 'everybody may restore the snapshot')
                    WHEN kind <> 'manual' THEN json_array('NOT_APPLICABLE', 'not made by people')
                    WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'with whom the snapshot is shared was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
