-- rules: GLUE_ML_TRANSFORM_ENCRYPTED_AT_REST
-- text: transforms of machine learning encrypt data of users
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Role') AS whole,
         upper(coalesce(json_extract(configuration, '$.TransformEncryption.MLUserDataEncryption.MLUserDataEncryptionMode'), json_extract(configuration, '$.TransformEncryption.MlUserDataEncryption.MlUserDataEncryptionMode'), 'DISABLED')) AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'TransformEncryption was not recorded')
                    WHEN mode = 'DISABLED' THEN json_array('NON_COMPLIANT', 'data of users are not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
