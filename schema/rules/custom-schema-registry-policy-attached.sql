-- rules: CUSTOM_SCHEMA_REGISTRY_POLICY_ATTACHED
-- reads: AWS::EventSchemas::RegistryPolicy
-- text: custom schema registries have a policy
WITH policy AS MATERIALIZED (
  SELECT json_extract(configuration, '$.RegistryName') AS registry
    FROM estate
   WHERE resource_type = 'AWS::EventSchemas::RegistryPolicy'),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.RegistryName') AS name_,
         (SELECT count(*) FROM policy p WHERE p.registry = json_extract(item.configuration, '$.RegistryName')) AS policies
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN name_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'RegistryName was not recorded')
                    WHEN name_ LIKE 'aws.%' OR name_ = 'discovered-schemas' THEN json_array('NOT_APPLICABLE', 'not a custom registry')
                    WHEN policies = 0 THEN json_array('NON_COMPLIANT', 'the registry has no policy')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
