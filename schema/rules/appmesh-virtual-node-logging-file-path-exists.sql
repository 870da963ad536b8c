-- rules: APPMESH_VIRTUAL_NODE_LOGGING_FILE_PATH_EXISTS
-- text: virtual nodes write access logs to a file
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Spec') AS whole, json_extract(configuration, '$.Spec.Logging.AccessLog.File.Path') AS path_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'Spec was not recorded')
                    WHEN coalesce(path_, '') = '' THEN json_array('NON_COMPLIANT', 'access is not logged to a file')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
