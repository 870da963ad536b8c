-- rules: CODEDEPLOY_DEPLOYMENT_GROUP_AUTO_ROLLBACK_ENABLED
-- text: deployment groups roll back by themselves
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole,
         json_extract(configuration, '$.autoRollbackConfiguration.enabled') AS rollback
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN rollback IS NOT 1 THEN json_array('NON_COMPLIANT', 'deployments are not rolled back automatically')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
