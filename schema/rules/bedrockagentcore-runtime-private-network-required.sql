-- rules: BEDROCKAGENTCORE_RUNTIME_PRIVATE_NETWORK_REQUIRED
-- text: agent runtimes are in a VPC
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.NetworkConfiguration.NetworkMode')) AS value
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL THEN json_array('INSUFFICIENT_DATA', 'NetworkConfiguration.NetworkMode was not recorded')
                    WHEN value <> 'VPC' THEN json_array('NON_COMPLIANT', 'the network mode is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
