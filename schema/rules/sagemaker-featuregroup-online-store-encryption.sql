-- rules: SAGEMAKER_FEATUREGROUP_ONLINE_STORE_ENCRYPTION
-- text: the online stores of feature groups are encrypted with a key of KMS
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.FeatureDefinitions') AS whole,
         json_extract(configuration, '$.OnlineStoreConfig.EnableOnlineStore') AS on_,
         json_type(configuration, '$.OnlineStoreConfig') AS kept,
         coalesce(json_extract(configuration, '$.OnlineStoreConfig.SecurityConfig.KmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'OnlineStoreConfig was not recorded')
                    WHEN kept IS NULL OR on_ = 0 THEN json_array('NOT_APPLICABLE', 'there is no online store')
                    WHEN key_ = '' THEN json_array('NON_COMPLIANT', 'the online store has no key of KMS')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
