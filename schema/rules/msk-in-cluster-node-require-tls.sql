-- rules: MSK_IN_CLUSTER_NODE_REQUIRE_TLS
-- text: brokers of MSK talk to each other by TLS
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.EncryptionInfo.EncryptionInTransit.InCluster') AS setting,
         json_extract(configuration, '$.BrokerNodeGroupInfo') AS whole
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN setting IS NULL AND whole IS NULL
                    THEN json_array('INSUFFICIENT_DATA', 'EncryptionInfo.EncryptionInTransit.InCluster was not recorded')
                    WHEN coalesce(setting, 1) IS NOT 1 THEN json_array('NON_COMPLIANT', 'brokers talk to each other in plain text')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
