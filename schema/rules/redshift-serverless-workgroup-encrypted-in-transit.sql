-- rules: REDSHIFT_SERVERLESS_WORKGROUP_ENCRYPTED_IN_TRANSIT
-- types: Siltstone::RedshiftServerless::Workgroup
-- text: workgroups are reached by TLS only
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.configParameters') AS kept,
         (SELECT lower(json_extract(configuration, p.fullkey || '.parameterValue')) FROM json_each(configuration, '$.configParameters') p
             WHERE json_extract(configuration, p.fullkey || '.parameterKey') = 'require_ssl') AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' OR value IS NULL THEN json_array('INSUFFICIENT_DATA', 'configParameters was not recorded')
                    WHEN value <> 'true' THEN json_array('NON_COMPLIANT', 'require_ssl is not true')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
