-- rules: AUTOSCALING_CAPACITY_REBALANCING
-- text: Auto Scaling groups rebalance their capacity
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'capacity rebalancing is not enabled' ELSE 'the item does not say capacityRebalance' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.capacityRebalance' AS v
          FROM item)
