-- rules: NETFW_DELETION_PROTECTION_ENABLED
-- text: firewalls are protected from deletion
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.firewall.deleteProtection') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'firewall.deleteProtection was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'deletion protection is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
