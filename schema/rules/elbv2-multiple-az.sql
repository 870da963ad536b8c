-- rules: ELBV2_MULTIPLE_AZ
-- text: load balancers have minAvailabilityZones zones (2) or more
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.availabilityZones') AS kept,
         (SELECT count(DISTINCT json_extract(configuration, z.fullkey || '.zoneName'))
             FROM json_each(configuration, '$.availabilityZones') z) AS zones,
         CAST(coalesce(nullif(:parameters ->> '$.minAvailabilityZones', ''), '2') AS INTEGER) AS least
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'availabilityZones was not recorded')
                    WHEN zones < least THEN json_array('NON_COMPLIANT', 'it has ' || zones || ' of ' || least || ' availability zones')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
