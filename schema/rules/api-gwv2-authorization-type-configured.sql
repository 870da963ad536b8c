-- rules: API_GWV2_AUTHORIZATION_TYPE_CONFIGURED
-- types: Siltstone::ApiGatewayV2::Route
-- text: routes of HTTP and WebSocket APIs ask who calls, in the way of authorizationType
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.authorizationType')) AS kind, json_extract(configuration, '$.routeKey') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'routeKey was not recorded')
                    WHEN coalesce(kind, 'NONE') = 'NONE' THEN json_array('NON_COMPLIANT', 'anybody may call the route ' || whole)
                    WHEN trim(:parameters ->> '$.authorizationType') <> '' AND kind <> upper(trim(:parameters ->> '$.authorizationType'))
                    THEN json_array('NON_COMPLIANT', 'the type of authorization is ' || kind)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
