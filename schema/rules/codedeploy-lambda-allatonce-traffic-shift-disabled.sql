-- rules: CODEDEPLOY_LAMBDA_ALLATONCE_TRAFFIC_SHIFT_DISABLED
-- text: functions are not deployed all at once
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.computePlatform') AS platform,
         json_extract(configuration, '$.deploymentConfigName') AS named
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN platform IS NULL OR named IS NULL THEN json_array('INSUFFICIENT_DATA', 'deploymentConfigName was not recorded')
                    WHEN platform <> 'Lambda' THEN json_array('NOT_APPLICABLE', 'not a deployment group of functions')
                    WHEN named = 'CodeDeployDefault.LambdaAllAtOnce' THEN json_array('NON_COMPLIANT', 'all traffic is shifted at once')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
