-- rules: LIGHTSAIL_BUCKET_OBJECT_VERSIONING_ENABLED
-- text: lightsail buckets keep versions
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ObjectVersioning') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'ObjectVersioning was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'versions are not kept')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
