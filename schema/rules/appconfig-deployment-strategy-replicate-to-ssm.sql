-- rules: APPCONFIG_DEPLOYMENT_STRATEGY_REPLICATE_TO_SSM
-- text: deployment strategies are saved to a document of Systems Manager
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.ReplicateTo')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'ReplicateTo was not recorded')
                    WHEN value <> 'SSM_DOCUMENT' THEN json_array('NON_COMPLIANT', 'it is replicated to ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
