-- rules: ELASTICSEARCH_ENCRYPTED_AT_REST
-- text: domains of Elasticsearch are encrypted at rest
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.encryptionAtRestOptions.enabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'encryptionAtRestOptions.enabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the domain is not encrypted at rest')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
