-- rules: IOT_AUTHORIZER_TOKEN_SIGNING_ENABLED
-- text: authorizers check the signatures of tokens
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.SigningDisabled') AS setting,
         json_extract(configuration, '$.AuthorizerFunctionArn') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'SigningDisabled was not recorded')
                    WHEN coalesce(setting, 0) IS NOT 0 THEN json_array('NON_COMPLIANT', 'signatures of tokens are not checked')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
