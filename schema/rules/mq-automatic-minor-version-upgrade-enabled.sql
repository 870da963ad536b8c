-- rules: MQ_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED, MQ_AUTO_MINOR_VERSION_UPGRADE_ENABLED
-- text: brokers take minor versions by themselves
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AutoMinorVersionUpgrade') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'AutoMinorVersionUpgrade was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'minor versions are not taken automatically')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
