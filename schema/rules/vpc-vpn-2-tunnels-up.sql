-- rules: VPC_VPN_2_TUNNELS_UP
-- text: both tunnels of each VPN connection are up
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN coalesce(json_array_length(configuration, '$.vgwTelemetry'), 0) = 0 THEN 'the item has no vgwTelemetry' END AS missing,
               CASE WHEN up < 2 THEN up || ' of the tunnels of the connection is up' END AS why
          FROM (SELECT item_id, configuration, (SELECT count(*) FROM json_each(configuration, '$.vgwTelemetry') t WHERE CASE t.type WHEN 'object' THEN t.value ->> '$.status' END = 'UP') AS up FROM item
                 WHERE coalesce(configuration ->> '$.state', 'available') NOT IN ('deleting', 'deleted')))
