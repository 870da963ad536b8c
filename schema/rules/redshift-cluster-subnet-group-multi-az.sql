-- rules: REDSHIFT_CLUSTER_SUBNET_GROUP_MULTI_AZ
-- text: subnet groups have subnets of several zones
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.subnets') AS kept,
         (SELECT count(DISTINCT json_extract(configuration, s.fullkey || '.subnetAvailabilityZone.name'))
             FROM json_each(configuration, '$.subnets') s) AS zones
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'subnets was not recorded')
                    WHEN zones < 2 THEN json_array('NON_COMPLIANT', 'all subnets are in one availability zone')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
