-- rules: APIGATEWAY_DOMAIN_NAME_TLS_CHECK
-- types: Siltstone::ApiGateway::DomainName
-- text: domain names ask for TLS 1.2 or newer, or one of allowedSecurityPolicies
WITH seen AS (
  SELECT item_id, coalesce(json_extract(configuration, '$.securityPolicy'), '') AS policy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN policy = '' THEN json_array('INSUFFICIENT_DATA', 'securityPolicy was not recorded')
                    WHEN CASE WHEN trim(:parameters ->> '$.allowedSecurityPolicies') <> '' THEN policy NOT IN (SELECT trim(value)
                        FROM json_each('[' || replace(json_quote(:parameters ->> '$.allowedSecurityPolicies'), ',', '","') || ']'))
                        ELSE policy = 'TLS_1_0' END
                    THEN json_array('NON_COMPLIANT', 'the security policy is ' || policy)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
