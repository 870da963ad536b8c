-- rules: MSK_CLUSTER_PUBLIC_ACCESS_DISABLED
-- text: brokers of MSK cannot be reached from the internet
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type')) AS value,
         json_extract(configuration, '$.BrokerNodeGroupInfo') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN value IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type was not recorded')
                    WHEN value <> 'DISABLED' THEN json_array('NON_COMPLIANT', 'public access is ' || value)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
