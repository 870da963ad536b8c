-- rules: EMR_SECURITY_CONFIGURATION_ENCRYPTION_TRANSIT
-- text: security configurations of EMR turn on encryption in transit
WITH configured AS (
  SELECT item_id, CASE WHEN json_valid(doc) THEN doc END AS doc
    FROM (SELECT item_id, CAST(json_extract(configuration, '$.SecurityConfiguration') AS TEXT) AS doc FROM item)),
seen AS (
  SELECT item_id, doc AS kept, json_extract(doc, '$.EncryptionConfiguration.EnableInTransitEncryption') AS on_
    FROM configured)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'SecurityConfiguration was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'encryption in transit is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
