-- rules: NETFW_LOGGING_ENABLED
-- types: AWS::NetworkFirewall::Firewall
-- reads: Siltstone::NetworkFirewall::LoggingConfiguration
-- text: firewalls are logged, in the way of logType
WITH logged AS MATERIALIZED (
  SELECT json_extract(e.configuration, '$.firewallArn') AS arn, json_extract(e.configuration, d.fullkey || '.logType') AS kind
    FROM estate e, json_each(e.configuration, '$.loggingConfiguration.logDestinationConfigs') d
   WHERE e.resource_type = 'Siltstone::NetworkFirewall::LoggingConfiguration'),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.firewall.firewallArn') AS arn_,
         (SELECT count(*) FROM logged l WHERE l.arn = json_extract(item.configuration, '$.firewall.firewallArn')) AS n,
         (SELECT count(*) FROM logged l WHERE l.arn = json_extract(item.configuration, '$.firewall.firewallArn')
             AND upper(l.kind) IN (SELECT upper(value) FROM (SELECT trim(value) AS value FROM json_each('['
             || replace(json_quote(:parameters ->> '$.logType'), ',', '","') || ']')))) AS met
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN arn_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'firewall.firewallArn was not recorded')
                    WHEN n = 0 THEN json_array('NON_COMPLIANT', 'the firewall is not logged')
                    WHEN trim(:parameters ->> '$.logType') <> '' AND met = 0
                    THEN json_array('NON_COMPLIANT', 'the firewall has no logs of ' || (:parameters ->> '$.logType'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
