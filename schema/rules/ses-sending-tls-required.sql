-- rules: SES_SENDING_TLS_REQUIRED
-- text: configuration sets send by TLS only
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.DeliveryOptions.TlsPolicy')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'DeliveryOptions.TlsPolicy was not recorded')
                    WHEN value <> 'REQUIRE' THEN json_array('NON_COMPLIANT', 'mail may be sent without TLS')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
