-- rules: APPINTEGRATIONS_APPLICATION_APPROVED_ORIGINS_CHECK
-- text: applications take their origins from allowedApprovedOrigins
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.ApplicationSourceConfig') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.ApplicationSourceConfig.ExternalUrlConfig.ApprovedOrigins')) AS n,
         (SELECT group_concat(o.value, ', ') FROM json_each(configuration, '$.ApplicationSourceConfig.ExternalUrlConfig.ApprovedOrigins') o
             WHERE o.value NOT IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.allowedApprovedOrigins'), ',', '","') || ']'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ApplicationSourceConfig was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'no origins are approved')
                    WHEN trim(:parameters ->> '$.allowedApprovedOrigins') <> '' AND other <> ''
                    THEN json_array('NON_COMPLIANT', 'it approves ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
