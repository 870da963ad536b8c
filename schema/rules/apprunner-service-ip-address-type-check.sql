-- rules: APPRUNNER_SERVICE_IP_ADDRESS_TYPE_CHECK
-- text: app Runner services have the addresses in ipAddressType
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.NetworkConfiguration.IpAddressType')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'NetworkConfiguration.IpAddressType was not recorded')
                    WHEN value <> upper(:parameters ->> '$.ipAddressType')
                    THEN json_array('NON_COMPLIANT', 'the address type is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
