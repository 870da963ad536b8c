-- rules: ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED
-- reads: Siltstone::ElasticBeanstalk::EnvironmentSettings
-- text: environments update their platform by themselves, at UpdateLevel
WITH setting AS MATERIALIZED (
  SELECT e.resource_id AS id, json_extract(e.supplementary, o.fullkey || '.namespace') AS space,
         json_extract(e.supplementary, o.fullkey || '.optionName') AS name, json_extract(e.supplementary, o.fullkey || '.value') AS value
    FROM estate e, json_each(e.supplementary, '$.OptionSettings') o
   WHERE e.resource_type = 'Siltstone::ElasticBeanstalk::EnvironmentSettings'),
seen AS (
  SELECT item_id,
         (SELECT lower(s.value) FROM setting s WHERE s.id = item.resource_id AND s.space = 'aws:elasticbeanstalk:managedactions'
             AND s.name = 'ManagedActionsEnabled') AS on_,
         (SELECT lower(s.value) FROM setting s WHERE s.id = item.resource_id AND s.space = 'aws:elasticbeanstalk:managedactions:platformupdate'
             AND s.name = 'UpdateLevel') AS level
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'the option ManagedActionsEnabled was not recorded')
                    WHEN on_ <> 'true' THEN json_array('NON_COMPLIANT', 'managed updates are off')
                    WHEN trim(:parameters ->> '$.UpdateLevel') <> '' AND level IS NOT lower(trim(:parameters ->> '$.UpdateLevel'))
                    THEN json_array('NON_COMPLIANT', 'the level of updates is ' || coalesce(level, 'not set'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
