-- rules: DMS_REPLICATION_INSTANCE_MULTI_AZ_ENABLED
-- text: replication instances have a second zone
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.MultiAZ') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'MultiAZ was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'the replication instance has one availability zone')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
