-- rules: MSK_UNRESTRICTED_ACCESS_CHECK
-- text: clusters of MSK let in only who is known
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ClientAuthentication.Unauthenticated.Enabled') AS setting,
         json_extract(configuration, '$.BrokerNodeGroupInfo') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'ClientAuthentication.Unauthenticated.Enabled was not recorded')
                    WHEN coalesce(setting, 0) IS NOT 0 THEN json_array('NON_COMPLIANT', 'unauthenticated access is allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
