-- rules: SECRETSMANAGER_SECRET_PERIODIC_ROTATION
-- reads: Siltstone::SecretsManager::Secret
-- text: Secrets were rotated in the last maxDaysSinceRotation days (90)
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
  SELECT item_id, k.c AS kept, k.rotated_ms AS last, k.made_ms AS made,
         CAST(coalesce(nullif(:parameters ->> '$.maxDaysSinceRotation', ''), '90') AS INTEGER) AS most
    FROM item LEFT JOIN known k ON k.id = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'how the secret is rotated and used was not recorded')
                    WHEN last IS NULL AND made IS NULL THEN json_array('INSUFFICIENT_DATA', 'when the secret was made was not recorded')
                    WHEN coalesce(last, made) < :now_ms - most * 86400000
                    THEN json_array('NON_COMPLIANT', CASE WHEN last IS NULL THEN 'the secret was never rotated since it was made, '
                        ELSE 'the secret was last rotated ' END || CAST((:now_ms - coalesce(last, made)) / 86400000 AS INTEGER) || ' days ago')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
