-- rules: COGNITO_IDENTITY_POOL_UNAUTHENTICATED_LOGINS, COGNITO_IDENTITY_POOL_UNAUTH_ACCESS_CHECK
-- text: identity pools let in only who is known
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.AllowUnauthenticatedIdentities') AS setting
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL THEN json_array('INSUFFICIENT_DATA', 'AllowUnauthenticatedIdentities was not recorded')
                    WHEN setting IS NOT 0 THEN json_array('NON_COMPLIANT', 'unauthenticated identities are allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
