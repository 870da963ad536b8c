-- rules: AUTOSCALING_MULTIPLE_AZ
-- text: Auto Scaling groups span several availability zones: two, or as many as are asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN n IS NULL THEN 'the item has no availabilityZones' END AS missing,
               CASE WHEN n < least THEN 'the group is in ' || n || ' availability zone(s), fewer than ' || least END AS why
          FROM (SELECT item_id, json_array_length(configuration, '$.availabilityZones') AS n, CAST(coalesce(nullif(:parameters ->> '$.minAvailabilityZones', ''), '2') AS INTEGER) AS least
                  FROM item))
