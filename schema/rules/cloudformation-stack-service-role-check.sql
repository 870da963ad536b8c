-- rules: CLOUDFORMATION_STACK_SERVICE_ROLE_CHECK
-- text: stacks have a service role
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.roleARN') AS role_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN coalesce(role_, '') = '' THEN json_array('NON_COMPLIANT', 'the stack has no service role')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
