-- rules: REDSHIFT_AUDIT_LOGGING_ENABLED
-- text: clusters write audit logs, into one of bucketNames
WITH seen AS (
  SELECT item_id, json_extract(supplementary, '$.LoggingStatus.loggingEnabled') AS on_,
         coalesce(json_extract(supplementary, '$.LoggingStatus.bucketName'), '') AS bucket
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'LoggingStatus was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'audit logs are off')
                    WHEN trim(:parameters ->> '$.bucketNames') <> '' AND bucket NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.bucketNames'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'audit logs go into ' || CASE bucket WHEN '' THEN 'no bucket' ELSE bucket END)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
