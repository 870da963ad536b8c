-- rules: ENCRYPTED_VOLUMES
-- text: volumes that are attached are encrypted, with the key in kmsId
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.attachments') AS kept, (SELECT count(*) FROM json_each(configuration, '$.attachments')) AS n,
         json_extract(configuration, '$.encrypted') AS on_, coalesce(json_extract(configuration, '$.kmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL AND on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'encrypted was not recorded')
                    WHEN n = 0 THEN json_array('NOT_APPLICABLE', 'the volume is attached to nothing')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'encrypted was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the volume is not encrypted')
                    WHEN trim(:parameters ->> '$.kmsId') <> '' AND key_ <> trim(:parameters ->> '$.kmsId')
                        AND substr(key_, instr(key_, '/') + 1) <> trim(:parameters ->> '$.kmsId')
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
