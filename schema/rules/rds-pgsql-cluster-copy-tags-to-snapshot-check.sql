-- rules: RDS_PGSQL_CLUSTER_COPY_TAGS_TO_SNAPSHOT_CHECK
-- text: tags of PostgreSQL clusters are copied to their snapshots
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'tags are not copied to snapshots' ELSE 'the item does not say copyTagsToSnapshot' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.copyTagsToSnapshot' AS v
          FROM item
         WHERE configuration ->> '$.engine' IN ('aurora-postgresql', 'postgres'))
