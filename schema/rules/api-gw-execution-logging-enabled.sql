-- rules: API_GW_EXECUTION_LOGGING_ENABLED
-- reads: AWS::ApiGatewayV2::Api
-- text: all methods of REST and WebSocket stages are logged, at one of the levels in loggingLevel
WITH api AS MATERIALIZED (
  SELECT json_extract(e.configuration, '$.apiId') AS id, max(json_extract(e.configuration, '$.protocolType')) AS protocol
    FROM estate e WHERE e.resource_type = 'AWS::ApiGatewayV2::Api' GROUP BY 1),
seen AS (
  SELECT item_id, resource_type, json_type(configuration, '$.methodSettings') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.methodSettings') m WHERE m.key = '*/*') AS all_,
         (SELECT group_concat(m.key || ' ' || upper(coalesce(json_extract(CASE m.type WHEN 'object'
             THEN m.value END, '$.loggingLevel'), 'OFF')), ', ') FROM json_each(configuration, '$.methodSettings') m
             WHERE upper(coalesce(json_extract(CASE m.type WHEN 'object' THEN m.value END, '$.loggingLevel'), 'OFF')) NOT IN (SELECT trim(value)
             FROM json_each('[' || replace(json_quote(:parameters ->> '$.loggingLevel'), ',', '","') || ']'))) AS low,
         upper(coalesce(json_extract(configuration, '$.defaultRouteSettings.loggingLevel'), 'OFF')) AS level,
         (SELECT api.protocol FROM api WHERE api.id = json_extract(item.configuration, '$.apiId')) AS protocol
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN resource_type = 'AWS::ApiGatewayV2::Stage' AND protocol = 'HTTP'
                    THEN json_array('NOT_APPLICABLE', 'HTTP APIs have no execution logs')
                    WHEN resource_type = 'AWS::ApiGatewayV2::Stage' AND protocol IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'the API of the stage was not recorded')
                    WHEN resource_type = 'AWS::ApiGatewayV2::Stage' AND level NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.loggingLevel'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the default route logs at ' || level)
                    WHEN resource_type = 'AWS::ApiGatewayV2::Stage' THEN '["COMPLIANT"]'
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'methodSettings was not recorded')
                    WHEN low <> '' THEN json_array('NON_COMPLIANT', 'logged at another level: ' || low)
                    WHEN all_ = 0 THEN json_array('NON_COMPLIANT', 'there are methods that no setting turns logging on for')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
