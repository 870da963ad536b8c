-- rules: DAX_TLS_ENDPOINT_ENCRYPTION
-- types: Siltstone::DAX::Cluster
-- text: clusters of DAX are reached by TLS
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.clusterEndpointEncryptionType')) AS kind
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'clusterEndpointEncryptionType was not recorded')
                    WHEN kind <> 'TLS' THEN json_array('NON_COMPLIANT', 'the encryption of the endpoint is ' || kind)
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
