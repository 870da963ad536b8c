-- rules: KINESIS_FIREHOSE_DELIVERY_STREAM_ENCRYPTED
-- text: delivery streams are encrypted at rest, with one of kmsKeyArns
WITH seen AS (
  SELECT item_id, json_type(configuration) IS NOT 'object' AS whole, json_extract(configuration, '$.DeliveryStreamType') AS kind_,
         json_type(configuration, '$.DeliveryStreamEncryptionConfigurationInput') AS on_,
         coalesce(json_extract(configuration, '$.DeliveryStreamEncryptionConfigurationInput.KeyARN'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN whole OR kind_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'DeliveryStreamType was not recorded')
                    WHEN on_ IS NOT 'object' THEN json_array('NON_COMPLIANT', 'the delivery stream is not encrypted')
                    WHEN trim(:parameters ->> '$.kmsKeyArns') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.kmsKeyArns'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
