-- rules: SAGEMAKER_ENDPOINT_CONFIG_KMS_KEY_REQUIRED
-- text: endpoint configurations have a key of KMS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ProductionVariants') AS whole, coalesce(json_extract(configuration, '$.KmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN key_ = '' AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'KmsKeyId was not recorded')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'there is no key of KMS')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
