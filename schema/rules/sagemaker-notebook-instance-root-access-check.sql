-- rules: SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK
-- text: nobody is root in notebooks
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.RootAccess')) AS value, json_extract(configuration, '$.InstanceType') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'RootAccess was not recorded')
                    WHEN coalesce(value, 'ENABLED') <> 'DISABLED' THEN json_array('NON_COMPLIANT', 'users of the notebook are root')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
