-- rules: RDS_CLUSTER_IAM_AUTHENTICATION_ENABLED
-- text: DB clusters whose engine can have people authenticate with IAM do
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'people do not authenticate with IAM' ELSE 'the item does not say iamdatabaseAuthenticationEnabled' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.iamdatabaseAuthenticationEnabled' AS v
          FROM item
         WHERE coalesce(configuration ->> '$.engine', 'aurora') IN ('mysql', 'postgres', 'mariadb', 'aurora', 'aurora-mysql', 'aurora-postgresql'))
