-- rules: ELASTIC_BEANSTALK_LOGS_TO_CLOUDWATCH
-- reads: Siltstone::ElasticBeanstalk::EnvironmentSettings
-- text: environments send logs to CloudWatch, kept as RetentionInDays and DeleteOnTerminate say
WITH setting AS MATERIALIZED (
  SELECT e.resource_id AS id, json_extract(e.supplementary, o.fullkey || '.namespace') AS space,
         json_extract(e.supplementary, o.fullkey || '.optionName') AS name, json_extract(e.supplementary, o.fullkey || '.value') AS value
    FROM estate e, json_each(e.supplementary, '$.OptionSettings') o
   WHERE e.resource_type = 'Siltstone::ElasticBeanstalk::EnvironmentSettings'),
seen AS (
  SELECT item_id,
         (SELECT lower(s.value) FROM setting s WHERE s.id = item.resource_id AND s.space = 'aws:elasticbeanstalk:cloudwatch:logs'
             AND s.name = 'StreamLogs') AS on_,
         (SELECT lower(s.value) FROM setting s WHERE s.id = item.resource_id AND s.space = 'aws:elasticbeanstalk:cloudwatch:logs'
             AND s.name = 'RetentionInDays') AS days,
         (SELECT lower(s.value) FROM setting s WHERE s.id = item.resource_id AND s.space = 'aws:elasticbeanstalk:cloudwatch:logs'
             AND s.name = 'DeleteOnTerminate') AS gone
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'the option StreamLogs was not recorded')
                    WHEN on_ <> 'true' THEN json_array('NON_COMPLIANT', 'logs are not sent to CloudWatch')
                    WHEN trim(:parameters ->> '$.RetentionInDays') <> '' AND days IS NOT trim(:parameters ->> '$.RetentionInDays')
                    THEN json_array('NON_COMPLIANT', 'logs are kept for ' || coalesce(days, '?') || ' days')
                    WHEN trim(:parameters ->> '$.DeleteOnTerminate') <> '' AND gone IS NOT lower(trim(:parameters ->> '$.DeleteOnTerminate'))
                    THEN json_array('NON_COMPLIANT', 'DeleteOnTerminate is ' || coalesce(gone, 'not set'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
