-- rules: FSX_WINDOWS_AUDIT_LOG_CONFIGURED
-- text: Windows file systems log who opens files
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.fileSystemType')) AS kind,
         json_type(configuration, '$.windowsConfiguration') AS kept,
         upper(coalesce(json_extract(configuration, '$.windowsConfiguration.auditLogConfiguration.fileAccessAuditLogLevel'), 'DISABLED')) AS level
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'fileSystemType was not recorded')
                    WHEN kind <> 'WINDOWS' THEN json_array('NOT_APPLICABLE', 'not a file system of Windows')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'windowsConfiguration was not recorded')
                    WHEN level = 'DISABLED' THEN json_array('NON_COMPLIANT', 'access to files is not logged')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
