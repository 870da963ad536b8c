-- rules: CLOUDTRAIL_EVENT_DATA_STORE_MULTI_REGION
-- text: event data stores hold the events of all regions
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'the event data store holds the events of one region' ELSE 'the item does not say MultiRegionEnabled' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.MultiRegionEnabled' AS v
          FROM item)
