-- rules: ELBV2_TARGETGROUP_HEALTHCHECK_PROTOCOL_ENCRYPTED
-- text: the health of targets is checked by HTTPS
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.HealthCheckProtocol') AS protocol,
         json_extract(configuration, '$.HealthCheckEnabled') AS checked, json_extract(configuration, '$.TargetType') AS target,
         json_extract(configuration, '$.Protocol') AS speaks
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN speaks = 'GENEVE' OR target = 'lambda'
                    THEN json_array('NOT_APPLICABLE', 'a target group of functions or appliances')
                    WHEN checked = 0 THEN json_array('NOT_APPLICABLE', 'health is not checked')
                    WHEN protocol IS NULL THEN json_array('INSUFFICIENT_DATA', 'HealthCheckProtocol was not recorded')
                    WHEN protocol <> 'HTTPS' THEN json_array('NON_COMPLIANT', 'health is checked by ' || protocol)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
