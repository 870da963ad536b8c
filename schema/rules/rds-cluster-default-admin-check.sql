-- rules: RDS_CLUSTER_DEFAULT_ADMIN_CHECK
-- text: the administrator of DB clusters has another name than the usual one
WITH valid(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.validAdminUserNames'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN user IS NULL THEN 'the item has no masterUsername' END AS missing,
               CASE WHEN EXISTS (SELECT 1 FROM valid) AND user NOT IN (SELECT v FROM valid) THEN 'the administrator is called ' || user || ', which is none of the names allowed' WHEN lower(user) IN ('admin', 'postgres') THEN 'the administrator has the usual name ' || user END AS why
          FROM (SELECT item_id, configuration ->> '$.masterUsername' AS user
                  FROM item))
