-- rules: NETFW_SUBNET_CHANGE_PROTECTION_ENABLED
-- text: firewalls stay in their subnets
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.firewall.subnetChangeProtection') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'firewall.subnetChangeProtection was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the subnets of the firewall may be changed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
