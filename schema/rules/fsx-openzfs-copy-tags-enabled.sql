-- rules: FSX_OPENZFS_COPY_TAGS_ENABLED
-- text: OpenZFS file systems copy tags to backups and volumes
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.fileSystemType')) AS kind,
         json_extract(configuration, '$.openZFSConfiguration.copyTagsToBackups') AS backups,
         json_extract(configuration, '$.openZFSConfiguration.copyTagsToVolumes') AS volumes
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'fileSystemType was not recorded')
                    WHEN kind <> 'OPENZFS' THEN json_array('NOT_APPLICABLE', 'not a file system of OpenZFS')
                    WHEN backups IS NULL OR volumes IS NULL THEN json_array('INSUFFICIENT_DATA', 'openZFSConfiguration was not recorded')
                    WHEN backups IS NOT 1 THEN json_array('NON_COMPLIANT', 'tags are not copied to backups')
                    WHEN volumes IS NOT 1 THEN json_array('NON_COMPLIANT', 'tags are not copied to volumes')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
