-- rules: CODEBUILD_REPORT_GROUP_ENCRYPTED_AT_REST
-- text: reports that are exported are encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ExportConfig.ExportConfigType') AS kind,
         json_extract(configuration, '$.ExportConfig.S3Destination.EncryptionDisabled') AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'ExportConfig was not recorded')
                    WHEN off_ = 1 THEN json_array('NON_COMPLIANT', 'encryption of exported reports is turned off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
