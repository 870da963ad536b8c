-- rules: CODEBUILD_PROJECT_ARTIFACT_ENCRYPTION
-- text: what projects build is encrypted
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.artifacts') AS kept,
         (SELECT count(*) FROM (SELECT json_extract(configuration, '$.artifacts.encryptionDisabled') AS off_
             UNION ALL SELECT json_extract(configuration, a.fullkey || '.encryptionDisabled') FROM json_each(configuration, '$.artifacts') a
             WHERE json_type(configuration, '$.artifacts') = 'array' UNION ALL SELECT json_extract(configuration, a.fullkey
             || '.encryptionDisabled') FROM json_each(configuration, '$.secondaryArtifacts') a) WHERE off_ = 1) AS plain
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'artifacts was not recorded')
                    WHEN plain > 0 THEN json_array('NON_COMPLIANT', 'encryption is turned off for artifacts')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
