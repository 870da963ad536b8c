-- rules: LIGHTSAIL_BUCKET_ALLOW_PUBLIC_OVERRIDES_DISABLED
-- text: single objects of Lightsail buckets cannot be made public
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AccessRules.AllowPublicOverrides') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'AccessRules.AllowPublicOverrides was not recorded')
                    WHEN setting IS NOT 0 THEN json_array('NON_COMPLIANT', 'single objects may be made public')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
