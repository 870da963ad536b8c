-- rules: CUSTOMERPROFILES_OBJECT_TYPE_ALLOW_PROFILE_CREATION
-- text: object types may make a new profile
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AllowProfileCreation') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'AllowProfileCreation was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'no profile is made where there is none')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
