-- rules: IMAGEBUILDER_IMAGERECIPE_EBS_VOLUMES_ENCRYPTED
-- text: the EBS volumes of image recipes are encrypted
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.ParentImage') AS whole,
         (SELECT group_concat(coalesce(json_extract(configuration, b.fullkey || '.DeviceName'), '?'), ', ')
             FROM json_each(configuration, '$.BlockDeviceMappings') b WHERE json_type(configuration, b.fullkey || '.Ebs') = 'object'
             AND json_extract(configuration, b.fullkey || '.Ebs.Encrypted') IS NOT 1) AS bad
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'BlockDeviceMappings was not recorded')
                    WHEN bad <> '' THEN json_array('NON_COMPLIANT', 'not encrypted: ' || bad)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
