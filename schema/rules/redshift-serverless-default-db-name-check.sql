-- rules: REDSHIFT_SERVERLESS_DEFAULT_DB_NAME_CHECK
-- types: Siltstone::RedshiftServerless::Namespace
-- text: the database of a namespace is not called dev
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.dbName') AS name_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN coalesce(name_, '') = '' THEN json_array('INSUFFICIENT_DATA', 'dbName was not recorded')
                    WHEN name_ = 'dev' THEN json_array('NON_COMPLIANT', 'the database is called dev, as by default')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
