-- rules: EC2_ENIS_SOURCE_DESTINATION_CHECK_ENABLED
-- text: network interfaces that people manage check source and destination
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN v IS NULL OR v NOT IN (0, 1) THEN 'the item does not say sourceDestCheck' END AS missing,
               CASE WHEN v = 0 THEN 'the interface does not check source and destination' END AS why
          FROM (SELECT item_id, configuration ->> '$.sourceDestCheck' AS v FROM item
                 WHERE coalesce(configuration ->> '$.interfaceType', 'interface') IN ('aws_codestar_connections_managed', 'branch', 'efa', 'interface', 'lambda', 'quicksight')))
