-- rules: EFS_ACCESS_POINT_ENFORCE_ROOT_DIRECTORY
-- text: access points lead to a directory of their own, one of approvedDirectories
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.FileSystemId') AS whole,
         coalesce(json_extract(configuration, '$.RootDirectory.Path'), '/') AS path_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'RootDirectory was not recorded')
                    WHEN path_ = '/' THEN json_array('NON_COMPLIANT', 'the access point leads to the root of the file system')
                    WHEN trim(:parameters ->> '$.approvedDirectories') <> '' AND path_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedDirectories'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the access point leads to ' || path_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
