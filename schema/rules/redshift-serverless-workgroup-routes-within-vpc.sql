-- rules: REDSHIFT_SERVERLESS_WORKGROUP_ROUTES_WITHIN_VPC
-- types: Siltstone::RedshiftServerless::Workgroup
-- text: what workgroups load and unload goes through the VPC
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.enhancedVpcRouting') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'enhancedVpcRouting was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'enhanced VPC routing is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
