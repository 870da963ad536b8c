-- rules: CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED
-- text: the log files of trails can be validated
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.trailARN' IS NULL THEN 'the item has no trailARN: it was not read' END AS missing,
               CASE WHEN configuration ->> '$.logFileValidationEnabled' IS NOT 1 THEN 'log files of the trail cannot be validated' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
