-- rules: APIGATEWAYV2_INTEGRATION_PRIVATE_HTTPS_ENABLED
-- text: private integrations of HTTP APIs are reached by HTTPS
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.ConnectionType')) AS kind,
         json_extract(configuration, '$.IntegrationType') AS whole, json_type(configuration, '$.TlsConfig') AS tls
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'IntegrationType was not recorded')
                    WHEN kind IS NOT 'VPC_LINK' THEN json_array('NOT_APPLICABLE', 'not a private integration')
                    WHEN tls IS NOT 'object' THEN json_array('NON_COMPLIANT', 'the private connection has no TLS configuration')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
