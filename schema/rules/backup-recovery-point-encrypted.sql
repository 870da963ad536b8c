-- rules: BACKUP_RECOVERY_POINT_ENCRYPTED
-- text: recovery points are encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.IsEncrypted') AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'IsEncrypted was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the recovery point is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
