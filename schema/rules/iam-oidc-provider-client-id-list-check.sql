-- rules: IAM_OIDC_PROVIDER_CLIENT_ID_LIST_CHECK
-- text: OIDC providers know no clients but those that are allowed
WITH allowed(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.allowedClientIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.ClientIdList') IS NOT 'array' THEN 'the item has no ClientIdList' END AS missing,
               (SELECT 'not allowed: ' || group_concat(value, ', ') FROM json_each(configuration, '$.ClientIdList') WHERE value NOT IN (SELECT v FROM allowed) HAVING count(*) > 0) AS why
          FROM item)
