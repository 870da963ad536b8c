-- rules: CW_LOGGROUP_RETENTION_PERIOD_CHECK
-- text: log groups keep events for MinRetentionTime days (365) or for ever; those in LogGroupNames, or all
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.retentionInDays') AS days,
         json_extract(configuration, '$.logGroupName') AS group_,
         CAST(coalesce(nullif(:parameters ->> '$.MinRetentionTime', ''), '365') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN trim(:parameters ->> '$.LogGroupNames') <> '' AND group_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.LogGroupNames'), ',', '","') || ']'))
                    THEN json_array('NOT_APPLICABLE', 'not one of the log groups asked for')
                    WHEN days < least THEN json_array('NON_COMPLIANT', 'events are kept for ' || days || ' days, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
