-- rules: CODEDEPLOY_EC2_MINIMUM_HEALTHY_HOSTS_CONFIGURED
-- reads: AWS::CodeDeploy::DeploymentConfig
-- text: deployments to instances leave enough of them at work
WITH config AS MATERIALIZED (
  SELECT json_extract(configuration, '$.deploymentConfigName') AS name, json_extract(configuration, '$.minimumHealthyHosts.type') AS kind,
         json_extract(configuration, '$.minimumHealthyHosts.value') AS value
    FROM estate
   WHERE resource_type = 'AWS::CodeDeploy::DeploymentConfig'),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.computePlatform') AS platform,
         json_extract(item.configuration, '$.deploymentConfigName') AS named, c.kind AS kind, c.value AS value,
         CAST(coalesce(:parameters ->> '$.minimumHealthyHostsFleetPercent', '66') AS INTEGER) AS percent,
         CAST(coalesce(:parameters ->> '$.minimumHealthyHostsHostCount', '1') AS INTEGER) AS hosts
    FROM item LEFT JOIN config c ON c.name = json_extract(item.configuration, '$.deploymentConfigName'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN platform IN ('Lambda', 'ECS') THEN json_array('NOT_APPLICABLE', 'there are no instances')
                    WHEN platform IS NULL OR named IS NULL THEN json_array('INSUFFICIENT_DATA', 'deploymentConfigName was not recorded')
                    WHEN kind IS NULL OR value IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'the deployment configuration ' || named || ' was not recorded')
                    WHEN kind = 'FLEET_PERCENT' AND value < percent
                    THEN json_array('NON_COMPLIANT', named || ' leaves ' || value || ' % of the instances at work, less than ' || percent || ' %')
                    WHEN kind = 'HOST_COUNT' AND value < hosts
                    THEN json_array('NON_COMPLIANT', named || ' leaves ' || value || ' instances at work, less than ' || hosts)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
