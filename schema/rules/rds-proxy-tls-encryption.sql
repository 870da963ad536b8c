-- rules: RDS_PROXY_TLS_ENCRYPTION
-- reads: Siltstone::RDS::DBProxy
-- text: RDS proxies insist on TLS
SELECT 'AWS::RDS::DBProxy' AS resource_type, resource_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the proxy does not insist on TLS' ELSE 'the item does not say requireTLS' END AS annotation
  FROM (SELECT resource_id, configuration ->> '$.requireTLS' AS v FROM estate WHERE resource_type = 'Siltstone::RDS::DBProxy')
