-- rules: CODEBUILD_PROJECT_ENVIRONMENT_PRIVILEGED_CHECK
-- text: projects do not build in privileged mode, but for exemptedProjects
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.name') AS name_, json_extract(configuration, '$.environment.privilegedMode') AS mode
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN trim(:parameters ->> '$.exemptedProjects') <> '' AND name_ IN (SELECT trim(value) FROM json_each('['
                   || replace(json_quote(:parameters ->> '$.exemptedProjects'), ',', '","') || ']'))
                    THEN json_array('NOT_APPLICABLE', 'an exempted project')
                    WHEN mode IS NULL THEN json_array('INSUFFICIENT_DATA', 'environment.privilegedMode was not recorded')
                    WHEN mode IS NOT 0 THEN json_array('NON_COMPLIANT', 'the project builds in privileged mode')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
