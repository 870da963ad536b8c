-- rules: MQ_ACTIVE_BROKER_LDAP_AUTHENTICATION
-- text: brokers of ActiveMQ know people by LDAP
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.EngineType')) AS engine,
         upper(json_extract(configuration, '$.AuthenticationStrategy')) AS strategy
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'EngineType was not recorded')
                    WHEN engine <> 'ACTIVEMQ' THEN json_array('NOT_APPLICABLE', 'not a broker of ActiveMQ')
                    WHEN strategy IS NULL THEN json_array('INSUFFICIENT_DATA', 'AuthenticationStrategy was not recorded')
                    WHEN strategy <> 'LDAP' THEN json_array('NON_COMPLIANT', 'the authentication strategy is ' || lower(strategy))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
