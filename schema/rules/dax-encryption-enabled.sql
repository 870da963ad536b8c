-- rules: DAX_ENCRYPTION_ENABLED
-- types: Siltstone::DAX::Cluster
-- text: clusters of DAX are encrypted
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.sSEDescription.status')) AS status_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN status_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'sSEDescription was not recorded')
                    WHEN status_ NOT IN ('ENABLED', 'ENABLING') THEN json_array('NON_COMPLIANT', 'the cluster is not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
