-- rules: NEPTUNE_CLUSTER_SNAPSHOT_IAM_DATABASE_AUTH_ENABLED
-- text: snapshots of Neptune clusters keep authentication by IAM
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.engine') AS engine,
         json_extract(configuration, '$.iamdatabaseAuthenticationEnabled') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN engine IS NULL THEN json_array('INSUFFICIENT_DATA', 'engine was not recorded')
                    WHEN engine <> 'neptune' THEN json_array('NOT_APPLICABLE', 'not of Neptune')
                    WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'iamdatabaseAuthenticationEnabled was not recorded')
                    WHEN setting IS NOT 1 THEN json_array('NON_COMPLIANT', 'authentication by IAM is off')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
