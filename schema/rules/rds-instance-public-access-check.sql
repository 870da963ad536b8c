-- rules: RDS_INSTANCE_PUBLIC_ACCESS_CHECK
-- text: DB instances are not publicly accessible
SELECT item_id,
       CASE WHEN v IN (0, 'false') THEN 'COMPLIANT' WHEN v IN (1, 'true') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (0, 'false') THEN NULL WHEN v IN (1, 'true') THEN 'the DB instance is publicly accessible' ELSE 'the item does not say publiclyAccessible' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.publiclyAccessible' AS v
          FROM item)
