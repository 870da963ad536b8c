-- rules: REDSHIFT_DEFAULT_DB_NAME_CHECK
-- text: the database of a cluster is not called dev, and as in validDatabaseNames
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.dBName') AS name_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN coalesce(name_, '') = '' THEN json_array('INSUFFICIENT_DATA', 'dBName was not recorded')
                    WHEN name_ = 'dev' THEN json_array('NON_COMPLIANT', 'the database is called dev, as by default')
                    WHEN trim(:parameters ->> '$.validDatabaseNames') <> '' AND name_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.validDatabaseNames'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the database is called ' || name_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
