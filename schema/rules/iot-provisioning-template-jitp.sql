-- rules: IOT_PROVISIONING_TEMPLATE_JITP
-- text: provisioning templates are for just-in-time provisioning
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.TemplateType')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'TemplateType was not recorded')
                    WHEN value <> 'JITP' THEN json_array('NON_COMPLIANT', 'the type is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
