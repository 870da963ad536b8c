-- rules: SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK
-- reads: Siltstone::SecretsManager::Secret
-- text: Secrets were rotated when they should be
-- A day of grace: a rotation begins on the day that is told.
WITH known AS MATERIALIZED (
  SELECT resource_id AS id, configuration AS c,
         (julianday(json_extract(configuration, '$.lastRotatedDate')) - 2440587.5) * 86400000.0 AS rotated_ms,
         (julianday(json_extract(configuration, '$.lastAccessedDate')) - 2440587.5) * 86400000.0 AS used_ms,
         (julianday(json_extract(configuration, '$.nextRotationDate')) - 2440587.5) * 86400000.0 AS next_ms,
         (julianday(json_extract(configuration, '$.createdDate')) - 2440587.5) * 86400000.0 AS made_ms
    FROM estate
   WHERE resource_type = 'Siltstone::SecretsManager::Secret'
   GROUP BY 1),
seen AS (
  SELECT item_id, k.c AS kept, json_extract(k.c, '$.rotationEnabled') AS on_, k.next_ms AS next_,
         json_extract(k.c, '$.nextRotationDate') AS due
    FROM item LEFT JOIN known k ON k.id = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'how the secret is rotated and used was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NOT_APPLICABLE', 'the secret is not rotated')
                    WHEN next_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'when the secret is to be rotated was not recorded')
                    WHEN next_ + 86400000 < :now_ms THEN json_array('NON_COMPLIANT', 'the secret should have been rotated by ' || due)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
