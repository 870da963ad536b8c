-- rules: EC2_CLIENT_VPN_CONNECTION_LOG_ENABLED
-- text: connections to Client VPN endpoints are logged
SELECT item_id,
       CASE WHEN v IN (1, 'true') THEN 'COMPLIANT' WHEN v IN (0, 'false') THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE WHEN v IN (1, 'true') THEN NULL WHEN v IN (0, 'false') THEN 'connections to the endpoint are not logged' ELSE 'the item does not say Enabled' END AS annotation
  FROM (SELECT item_id, configuration ->> '$.ConnectionLogOptions.Enabled' AS v
          FROM item)
