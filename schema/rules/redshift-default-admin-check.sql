-- rules: REDSHIFT_DEFAULT_ADMIN_CHECK
-- text: the administrator of a cluster is not called awsuser, and as in validAdminUserNames
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.masterUsername') AS name_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN coalesce(name_, '') = '' THEN json_array('INSUFFICIENT_DATA', 'masterUsername was not recorded')
                    WHEN name_ = 'awsuser' THEN json_array('NON_COMPLIANT', 'the administrator is called awsuser, as by default')
                    WHEN trim(:parameters ->> '$.validAdminUserNames') <> '' AND name_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.validAdminUserNames'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the administrator is called ' || name_)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
