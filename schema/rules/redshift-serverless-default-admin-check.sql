-- rules: REDSHIFT_SERVERLESS_DEFAULT_ADMIN_CHECK
-- types: Siltstone::RedshiftServerless::Namespace
-- text: the administrator of a namespace is not called admin
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.adminUsername') AS name_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN coalesce(name_, '') = '' THEN json_array('INSUFFICIENT_DATA', 'adminUsername was not recorded')
                    WHEN name_ = 'admin' THEN json_array('NON_COMPLIANT', 'the administrator is called admin, as by default')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
