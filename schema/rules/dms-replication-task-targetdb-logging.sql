-- rules: DMS_REPLICATION_TASK_TARGETDB_LOGGING
-- text: replication tasks log what they do at the target
WITH setting AS (
  SELECT item_id, CASE WHEN json_valid(doc) THEN doc END AS doc
    FROM (SELECT item_id, CAST(json_extract(configuration, '$.ReplicationTaskSettings') AS TEXT) AS doc FROM item)),
seen AS (
  SELECT item_id, doc AS kept, json_extract(doc, '$.Logging.EnableLogging') AS on_,
         (SELECT count(*) FROM json_each(doc, '$.Logging.LogComponents') c WHERE json_extract(doc, c.fullkey
             || '.Id') IN ('TARGET_APPLY', 'TARGET_LOAD') AND json_extract(doc, c.fullkey
             || '.Severity') IN ('LOGGER_SEVERITY_DEFAULT', 'LOGGER_SEVERITY_DEBUG', 'LOGGER_SEVERITY_DETAILED_DEBUG')) AS enough
    FROM setting)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('INSUFFICIENT_DATA', 'ReplicationTaskSettings was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the task does not log')
                    WHEN enough < 2
                    THEN json_array('NON_COMPLIANT', 'TARGET_APPLY and TARGET_LOAD are not both logged at the default severity or finer')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
