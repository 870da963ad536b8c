-- rules: CODEBUILD_PROJECT_S3_LOGS_ENCRYPTED
-- text: logs of builds in S3 are encrypted, but for exemptedProjects
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.name') AS name_, json_type(configuration, '$.logsConfig') AS kept,
         json_extract(configuration, '$.logsConfig.s3Logs.status') AS on_,
         json_extract(configuration, '$.logsConfig.s3Logs.encryptionDisabled') AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN trim(:parameters ->> '$.exemptedProjects') <> '' AND name_ IN (SELECT trim(value) FROM json_each('['
                   || replace(json_quote(:parameters ->> '$.exemptedProjects'), ',', '","') || ']'))
                    THEN json_array('NOT_APPLICABLE', 'an exempted project')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'logsConfig was not recorded')
                    WHEN on_ IS NOT 'ENABLED' THEN json_array('NOT_APPLICABLE', 'there are no logs in S3')
                    WHEN off_ = 1 THEN json_array('NON_COMPLIANT', 'encryption of the logs in S3 is turned off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
