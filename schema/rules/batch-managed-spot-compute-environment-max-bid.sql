-- rules: BATCH_MANAGED_SPOT_COMPUTE_ENVIRONMENT_MAX_BID
-- text: managed compute environments bid maxBidPercentage of the price on demand at most
WITH seen AS (
  SELECT item_id, upper(json_extract(configuration, '$.Type')) AS kind, json_type(configuration, '$.ComputeResources') AS kept,
         upper(json_extract(configuration, '$.ComputeResources.Type')) AS of,
         json_extract(configuration, '$.ComputeResources.BidPercentage') AS bid,
         CAST((:parameters ->> '$.maxBidPercentage') AS INTEGER) AS most
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN kind <> 'MANAGED' THEN json_array('NOT_APPLICABLE', 'not a managed compute environment')
                    WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'ComputeResources was not recorded')
                    WHEN of IS NOT 'SPOT' THEN json_array('NOT_APPLICABLE', 'not of spot instances')
                    WHEN coalesce(bid, 100) > most
                    THEN json_array('NON_COMPLIANT', 'the bid is ' || coalesce(bid, 100) || ' %, more than ' || most || ' %')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
