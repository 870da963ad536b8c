-- rules: REDSHIFT_CLUSTER_MULTI_AZ_ENABLED
-- text: clusters run in several zones
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.multiAZ')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'multiAZ was not recorded')
                    WHEN value NOT IN ('ENABLED', 'TRUE') THEN json_array('NON_COMPLIANT', 'the cluster runs in one availability zone')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
