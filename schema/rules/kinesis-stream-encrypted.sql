-- rules: KINESIS_STREAM_ENCRYPTED
-- text: streams are encrypted at rest
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         json_extract(configuration, '$.StreamEncryption.EncryptionType') AS kind
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN coalesce(kind, 'NONE') <> 'KMS' THEN json_array('NON_COMPLIANT', 'the stream is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
