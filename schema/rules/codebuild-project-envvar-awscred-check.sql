-- rules: CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK
-- text: no access keys stand in the environment variables of projects
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.environment') AS kept,
         (SELECT group_concat(json_extract(configuration, v.fullkey || '.name'), ', ')
             FROM json_each(configuration, '$.environment.environmentVariables') v WHERE json_extract(configuration, v.fullkey
             || '.name') IN ('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY') AND coalesce(json_extract(configuration, v.fullkey
             || '.type'), 'PLAINTEXT') = 'PLAINTEXT') AS keys_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'environment was not recorded')
                    WHEN keys_ <> '' THEN json_array('NON_COMPLIANT', 'in plain text: ' || keys_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
