-- rules: ROUTE53_QUERY_LOGGING_ENABLED
-- text: queries of public hosted zones are logged
WITH seen AS (
  SELECT item_id, coalesce(json_extract(configuration, '$.QueryLoggingConfig.CloudWatchLogsLogGroupArn'), '') AS log,
         (SELECT count(*) FROM json_each(configuration, '$.VPCs')) AS vpcs, json_type(configuration, '$.NameServers') AS servers
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN log <> '' THEN '["COMPLIANT"]'
                    WHEN vpcs > 0 THEN json_array('NOT_APPLICABLE', 'a private hosted zone')
                    WHEN servers IS NULL THEN json_array('INSUFFICIENT_DATA', 'QueryLoggingConfig was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'queries are not logged')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
