-- rules: KINESIS_VIDEO_STREAM_MINIMUM_DATA_RETENTION
-- text: video streams keep data for minDataRetentionInHours hours
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.DataRetentionInHours') AS hours,
         CAST((:parameters ->> '$.minDataRetentionInHours') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN hours IS NULL THEN json_array('INSUFFICIENT_DATA', 'DataRetentionInHours was not recorded')
                    WHEN hours < least THEN json_array('NON_COMPLIANT', 'data are kept for ' || hours || ' hours, less than ' || least)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
