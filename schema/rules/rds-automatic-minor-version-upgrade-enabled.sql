-- rules: RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED
-- text: minor versions of DB instances are upgraded automatically
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'minor versions are not upgraded automatically' ELSE 'the item does not say autoMinorVersionUpgrade' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.autoMinorVersionUpgrade' AS v
          FROM item)
