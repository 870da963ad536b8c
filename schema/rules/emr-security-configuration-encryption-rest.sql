-- rules: EMR_SECURITY_CONFIGURATION_ENCRYPTION_REST
-- text: security configurations of EMR turn on encryption at rest
WITH configured AS (
  SELECT item_id, CASE WHEN json_valid(doc) THEN doc END AS doc
    FROM (SELECT item_id, CAST(json_extract(configuration, '$.SecurityConfiguration') AS TEXT) AS doc FROM item)),
seen AS (
  SELECT item_id, doc AS kept, json_extract(doc, '$.EncryptionConfiguration.EnableAtRestEncryption') AS on_
    FROM configured)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'SecurityConfiguration was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'encryption at rest is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
