-- rules: FSX_LUSTRE_COPY_TAGS_TO_BACKUPS
-- text: Lustre file systems copy tags to backups
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.fileSystemType')) AS kind,
         json_extract(configuration, '$.lustreConfiguration.copyTagsToBackups') AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'fileSystemType was not recorded')
                    WHEN kind <> 'LUSTRE' THEN json_array('NOT_APPLICABLE', 'not a file system of Lustre')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'lustreConfiguration.copyTagsToBackups was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'tags are not copied to backups')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
