-- rules: SECRETSMANAGER_ROTATION_ENABLED_CHECK
-- reads: Siltstone::SecretsManager::Secret
-- text: Secrets are rotated, as often as maximumAllowedRotationFrequency (days) or its hours say
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
  SELECT item_id, k.c AS kept, json_extract(k.c, '$.rotationEnabled') AS on_,
         CASE WHEN json_extract(k.c, '$.rotationRules.automaticallyAfterDays') > 0
             THEN json_extract(k.c, '$.rotationRules.automaticallyAfterDays') * 24
             WHEN json_extract(k.c, '$.rotationRules.scheduleExpression') LIKE 'rate(% hour%'
             THEN CAST(substr(json_extract(k.c, '$.rotationRules.scheduleExpression'), 6) AS INTEGER)
             WHEN json_extract(k.c, '$.rotationRules.scheduleExpression') LIKE 'rate(% day%'
             THEN CAST(substr(json_extract(k.c, '$.rotationRules.scheduleExpression'), 6) AS INTEGER) * 24 END AS hours
    FROM item LEFT JOIN known k ON k.id = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'how the secret is rotated and used was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the secret is not rotated')
                    WHEN trim(:parameters ->> '$.maximumAllowedRotationFrequency') <> ''
                        AND hours > CAST((:parameters ->> '$.maximumAllowedRotationFrequency') AS INTEGER) * 24
                    THEN json_array('NON_COMPLIANT', 'the secret is rotated every ' || (hours / 24) || ' days')
                    WHEN trim(:parameters ->> '$.maximumAllowedRotationFrequencyInHours') <> ''
                        AND hours > CAST((:parameters ->> '$.maximumAllowedRotationFrequencyInHours') AS INTEGER)
                    THEN json_array('NON_COMPLIANT', 'the secret is rotated every ' || hours || ' hours')
                    WHEN (trim(:parameters ->> '$.maximumAllowedRotationFrequency') <> ''
                        OR trim(:parameters ->> '$.maximumAllowedRotationFrequencyInHours') <> '') AND hours IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'how often the secret is rotated was not recorded')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
