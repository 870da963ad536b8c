-- rules: ELBV2_PREDEFINED_SECURITY_POLICY_SSL_CHECK
-- text: HTTPS and TLS listeners have one of the security policies in sslPolicies
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.Protocol') AS protocol, json_extract(configuration, '$.SslPolicy') AS policy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN protocol IS NULL THEN json_array('INSUFFICIENT_DATA', 'Protocol was not recorded')
                    WHEN protocol NOT IN ('HTTPS', 'TLS') THEN json_array('NOT_APPLICABLE', 'not an HTTPS or TLS listener')
                    WHEN policy IS NULL THEN json_array('INSUFFICIENT_DATA', 'SslPolicy was not recorded')
                    WHEN policy NOT IN (SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.sslPolicies'), ',', '","')
                        || ']'))
                    THEN json_array('NON_COMPLIANT', 'the security policy is ' || policy)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
