-- rules: WORKSPACES_ROOT_VOLUME_ENCRYPTION_ENABLED
-- text: the root volumes of WorkSpaces are encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.RootVolumeEncryptionEnabled') AS setting,
         json_extract(configuration, '$.BundleId') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'RootVolumeEncryptionEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the root volume is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
