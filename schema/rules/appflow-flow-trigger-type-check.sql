-- rules: APPFLOW_FLOW_TRIGGER_TYPE_CHECK
-- text: flows run by one of the triggers in triggerType
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.TriggerConfig.TriggerType') AS kind
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'TriggerConfig.TriggerType was not recorded')
                    WHEN upper(kind) NOT IN (SELECT upper(value) FROM (SELECT trim(value) AS value FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.triggerType'), ',', '","') || ']')))
                    THEN json_array('NON_COMPLIANT', 'the trigger is ' || kind)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
