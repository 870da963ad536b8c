-- rules: API_GW_ENDPOINT_TYPE_CHECK
-- text: REST APIs have endpoints of the types in endpointConfigurationTypes only
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.endpointConfiguration.types') AS kept,
         (SELECT group_concat(t.value, ', ') FROM json_each(configuration, '$.endpointConfiguration.types') t
             WHERE t.value NOT IN (SELECT trim(value) FROM json_each('['
             || replace(json_quote(:parameters ->> '$.endpointConfigurationTypes'), ',', '","') || ']'))) AS other
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'endpointConfiguration.types was not recorded')
                    WHEN other <> '' THEN json_array('NON_COMPLIANT', 'it has an endpoint of the type ' || other)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
