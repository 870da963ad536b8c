-- rules: SAGEMAKER_NOTEBOOK_INSTANCE_STORAGE_VOL_KMS_ENCRYPTED
-- text: the volumes of notebooks are encrypted with a key of KMS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.InstanceType') AS whole, coalesce(json_extract(configuration, '$.KmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN key_ = '' AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'KmsKeyId was not recorded')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'there is no key of KMS')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
