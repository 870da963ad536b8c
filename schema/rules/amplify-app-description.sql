-- rules: AMPLIFY_APP_DESCRIPTION, AMPLIFY_BRANCH_DESCRIPTION, APPCONFIG_APPLICATION_DESCRIPTION
-- rules: APPCONFIG_DEPLOYMENT_STRATEGY_DESCRIPTION, APPCONFIG_ENVIRONMENT_DESCRIPTION
-- rules: APPCONFIG_HOSTED_CONFIGURATION_VERSION_DESCRIPTION, APPINTEGRATIONS_EVENT_INTEGRATION_DESCRIPTION
-- rules: ATHENA_DATA_CATALOG_DESCRIPTION, ATHENA_WORKGROUP_DESCRIPTION, IOT_PROVISIONING_TEMPLATE_DESCRIPTION
-- rules: TRANSFER_AGREEMENT_DESCRIPTION, TRANSFER_CERTIFICATE_DESCRIPTION, TRANSFER_WORKFLOW_DESCRIPTION
-- text: it is described
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.Description') AS words
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole THEN json_array('INSUFFICIENT_DATA', 'the configuration was not recorded')
                    WHEN coalesce(trim(words), '') = '' THEN json_array('NON_COMPLIANT', 'it has no description')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
