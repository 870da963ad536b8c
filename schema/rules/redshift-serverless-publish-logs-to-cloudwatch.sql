-- rules: REDSHIFT_SERVERLESS_PUBLISH_LOGS_TO_CLOUDWATCH
-- types: Siltstone::RedshiftServerless::Namespace
-- text: namespaces send logs to CloudWatch, those in logType
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.logExports') AS kept, (SELECT count(*) FROM json_each(configuration, '$.logExports')) AS n,
         (SELECT group_concat(w.value, ', ') FROM (SELECT lower(trim(value)) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.logType'), ',', '","') || ']')) w WHERE w.value <> '' AND w.value NOT IN (SELECT lower(value)
             FROM json_each(configuration, '$.logExports'))) AS off_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'logExports was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'no logs are sent to CloudWatch')
                    WHEN off_ <> '' THEN json_array('NON_COMPLIANT', 'these logs are not sent to CloudWatch: ' || off_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
