-- rules: CLOUDFORMATION_STACK_DRIFT_DETECTION_CHECK
-- text: stacks are as their templates say, as far as CloudFormation found out
-- AWS Config has CloudFormation look for drift, with the role in cloudformationRoleArn. Nothing is changed or set off here:
-- what it found last is told.
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.driftInformation.stackDriftStatus') AS status_,
         json_extract(configuration, '$.driftInformation.lastCheckTimestamp') AS at
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN status_ = 'DRIFTED'
                    THEN json_array('NON_COMPLIANT', 'resources of the stack have drifted, as was found at ' || coalesce(at, 'an unknown time'))
                    WHEN status_ = 'IN_SYNC' THEN '["COMPLIANT"]'
                    WHEN 1 THEN json_array('INSUFFICIENT_DATA', 'CloudFormation has not looked for drift yet')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
