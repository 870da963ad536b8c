-- rules: EBS_SNAPSHOT_BLOCK_PUBLIC_ACCESS
-- text: no snapshot of a volume can be shared with everybody in the region
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN state IS NULL THEN 'the item has no State' END AS missing,
               CASE WHEN state = 'block-new-sharing' THEN 'only new sharing of snapshots with everybody is blocked' WHEN state <> 'block-all-sharing' THEN 'sharing snapshots with everybody is not blocked' END AS why
          FROM (SELECT item_id, configuration ->> '$.State' AS state FROM item))
