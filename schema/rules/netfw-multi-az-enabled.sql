-- rules: NETFW_MULTI_AZ_ENABLED
-- text: firewalls have availabilityZones zones (2) or more
-- A firewall has one subnet in each of its zones.
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.firewall.subnetMappings') AS kept,
         max((SELECT count(DISTINCT json_extract(configuration, s.fullkey || '.subnetId'))
             FROM json_each(configuration, '$.firewall.subnetMappings') s), (SELECT count(*)
             FROM json_each(configuration, '$.firewall.availabilityZoneMappings'))) AS zones,
         CAST(coalesce(nullif(:parameters ->> '$.availabilityZones', ''), '2') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' AND zones = 0 THEN json_array('INSUFFICIENT_DATA', 'firewall.subnetMappings was not recorded')
                    WHEN zones < least
                    THEN json_array('NON_COMPLIANT', 'the firewall is in ' || zones || ' of ' || least || ' availability zones')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
