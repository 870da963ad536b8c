-- rules: REDSHIFT_SERVERLESS_WORKGROUP_NO_PUBLIC_ACCESS
-- types: Siltstone::RedshiftServerless::Workgroup
-- text: workgroups cannot be reached from the internet
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.publiclyAccessible') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'publiclyAccessible was not recorded')
                    WHEN setting IS NOT 0 THEN json_array('NON_COMPLIANT', 'the workgroup is publicly accessible')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
