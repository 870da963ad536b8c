-- rules: APPROVED_AMIS_BY_ID
-- text: running instances were made from images in amiIds
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.imageId') AS image, json_extract(configuration, '$.state.name') AS state
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IN ('terminated', 'shutting-down', 'stopped', 'stopping')
                    THEN json_array('NOT_APPLICABLE', 'the instance is ' || state)
                    WHEN image IS NULL THEN json_array('INSUFFICIENT_DATA', 'imageId was not recorded')
                    WHEN image NOT IN (SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.amiIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the image is ' || image)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
