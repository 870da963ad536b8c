-- rules: EKS_CLUSTER_SECRETS_ENCRYPTED, EKS_SECRETS_ENCRYPTED
-- text: the secrets of clusters are encrypted with a key of KMS, one of kmsKeyArns
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ResourcesVpcConfig') AS whole,
         (SELECT count(*) FROM json_each(configuration, '$.EncryptionConfig') e WHERE EXISTS (SELECT 1 FROM json_each(configuration, e.fullkey
             || '.Resources') r WHERE r.value = 'secrets')) AS n,
         (SELECT json_extract(configuration, e.fullkey || '.Provider.KeyArn') FROM json_each(configuration, '$.EncryptionConfig') e
             WHERE EXISTS (SELECT 1 FROM json_each(configuration, e.fullkey || '.Resources') r WHERE r.value = 'secrets') LIMIT 1) AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'EncryptionConfig was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'secrets are not encrypted with a key of KMS')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND coalesce(key_, '') NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || coalesce(key_, 'not known'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
