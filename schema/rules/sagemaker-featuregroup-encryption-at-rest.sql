-- rules: SAGEMAKER_FEATUREGROUP_ENCRYPTION_AT_REST
-- text: the offline stores of feature groups are encrypted with a key of KMS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.FeatureDefinitions') AS whole, json_type(configuration, '$.OfflineStoreConfig') AS kept,
         coalesce(json_extract(configuration, '$.OfflineStoreConfig.S3StorageConfig.KmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'OfflineStoreConfig was not recorded')
                    WHEN kept IS NULL THEN json_array('NOT_APPLICABLE', 'there is no offline store')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'the offline store has no key of KMS')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
