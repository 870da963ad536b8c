-- rules: APPSYNC_AUTHORIZATION_CHECK
-- text: GraphQL APIs let in with the types of authorization in AllowedAuthorizationTypes only
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AuthenticationType') AS main,
         (SELECT group_concat(t.kind, ', ') FROM (SELECT json_extract(configuration, '$.AuthenticationType') AS kind UNION SELECT json_extract(configuration, a.fullkey || '.AuthenticationType') FROM json_each(configuration, '$.AdditionalAuthenticationProviders') a) t WHERE t.kind NOT IN (SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.AllowedAuthorizationTypes'), ',', '","') || ']'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN main IS NULL THEN json_array('INSUFFICIENT_DATA', 'AuthenticationType was not recorded')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'it lets in with ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
