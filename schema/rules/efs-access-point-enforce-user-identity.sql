-- rules: EFS_ACCESS_POINT_ENFORCE_USER_IDENTITY
-- text: access points act as one user, of approvedUids and approvedGids
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.FileSystemId') AS whole,
         CAST(json_extract(configuration, '$.PosixUser.Uid') AS TEXT) AS uid,
         CAST(json_extract(configuration, '$.PosixUser.Gid') AS TEXT) AS gid
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'PosixUser was not recorded')
                    WHEN uid IS NULL THEN json_array('NON_COMPLIANT', 'the access point acts as whoever comes')
                    WHEN trim(:parameters ->> '$.approvedUids') <> '' AND uid NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedUids'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the user is ' || uid)
                    WHEN trim(:parameters ->> '$.approvedGids') <> '' AND coalesce(gid, '') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedGids'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the group is ' || coalesce(gid, 'not known'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
