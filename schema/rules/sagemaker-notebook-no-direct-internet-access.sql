-- rules: SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS
-- text: notebooks reach the internet through a VPC only
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.DirectInternetAccess')) AS value,
         json_extract(configuration, '$.InstanceType') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'DirectInternetAccess was not recorded')
                    WHEN coalesce(value, 'ENABLED') <> 'DISABLED'
                    THEN json_array('NON_COMPLIANT', 'the notebook reaches the internet directly')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
