-- rules: CODEBUILD_PROJECT_LOGGING_ENABLED
-- text: builds are logged, to one of cloudWatchGroupNames or s3BucketNames
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.logsConfig') AS kept,
         json_extract(configuration, '$.logsConfig.cloudWatchLogs.status') AS cw,
         json_extract(configuration, '$.logsConfig.cloudWatchLogs.groupName') AS group_,
         json_extract(configuration, '$.logsConfig.s3Logs.status') AS s3,
         json_extract(configuration, '$.logsConfig.s3Logs.location') AS place
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'logsConfig was not recorded')
                    WHEN cw IS NOT 'ENABLED' AND s3 IS NOT 'ENABLED' THEN json_array('NON_COMPLIANT', 'builds are not logged')
                    WHEN trim(:parameters ->> '$.cloudWatchGroupNames') <> '' AND NOT (cw IS 'ENABLED'
                        AND coalesce(group_, '') IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.cloudWatchGroupNames'), ',', '","') || ']')))
                    THEN json_array('NON_COMPLIANT', 'builds are not logged to one of the log groups asked for')
                    WHEN trim(:parameters ->> '$.s3BucketNames') <> '' AND NOT (s3 IS 'ENABLED'
                        AND substr(coalesce(place, ''), 1, instr(coalesce(place, '') || '/', '/') - 1) IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.s3BucketNames'), ',', '","') || ']')))
                    THEN json_array('NON_COMPLIANT', 'builds are not logged to one of the buckets asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
