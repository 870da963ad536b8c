-- rules: EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK
-- reads: Siltstone::EC2::PublicSnapshot
-- text: nobody unknown may restore snapshots of volumes
SELECT 'AWS::::Account' AS resource_type, :account AS resource_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT NULL AS missing, (SELECT 'everybody may restore ' || group_concat(resource_id, ', ') FROM (SELECT resource_id FROM estate WHERE resource_type = 'Siltstone::EC2::PublicSnapshot' AND configuration ->> '$.public' = 1 ORDER BY 1) HAVING count(*) > 0) AS why)
