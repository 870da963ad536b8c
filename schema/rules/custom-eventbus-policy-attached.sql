-- rules: CUSTOM_EVENTBUS_POLICY_ATTACHED
-- text: custom event buses have a policy
WITH seen AS (
  SELECT item_id, coalesce(json_extract(configuration, '$.Name'), name) AS name_,
         coalesce(json_extract(configuration, '$.Policy'), '') AS policy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN name_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'Name was not recorded')
                    WHEN name_ = 'default' OR name_ LIKE 'aws.partner/%' THEN json_array('NOT_APPLICABLE', 'not a custom event bus')
                    WHEN policy IN ('', '{}') THEN json_array('NON_COMPLIANT', 'the event bus has no policy')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
