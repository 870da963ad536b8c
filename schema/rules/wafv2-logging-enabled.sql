-- rules: WAFV2_LOGGING_ENABLED
-- reads: Siltstone::WAFv2::LoggingConfiguration
-- text: web ACLs are logged, to one of KinesisFirehoseDeliveryStreamArns
WITH logged AS MATERIALIZED (
  SELECT json_extract(configuration, '$.resourceArn') AS arn, configuration AS c
    FROM estate
   WHERE resource_type = 'Siltstone::WAFv2::LoggingConfiguration'
   GROUP BY 1),
seen AS (
  SELECT item_id, l.c AS kept,
         (SELECT count(*) FROM json_each(l.c, '$.logDestinationConfigs') d WHERE d.value IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.KinesisFirehoseDeliveryStreamArns'), ',', '","') || ']'))) AS met
    FROM item LEFT JOIN logged l ON l.arn = item.arn)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('NON_COMPLIANT', 'the web ACL is not logged')
                    WHEN trim(:parameters ->> '$.KinesisFirehoseDeliveryStreamArns') <> '' AND met = 0
                    THEN json_array('NON_COMPLIANT', 'the web ACL is logged to none of the streams asked for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
