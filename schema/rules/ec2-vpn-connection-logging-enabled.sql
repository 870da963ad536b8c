-- rules: EC2_VPN_CONNECTION_LOGGING_ENABLED
-- text: both tunnels of each VPN connection are logged
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN coalesce(json_array_length(configuration, '$.options.tunnelOptions'), 0) = 0 THEN 'the item has no tunnelOptions' END AS missing,
               (SELECT 'tunnel ' || coalesce(CASE t.type WHEN 'object' THEN t.value ->> '$.outsideIpAddress' END, t.key + 1) || ' is not logged' FROM json_each(configuration, '$.options.tunnelOptions') t
                 WHERE NOT coalesce(CASE t.type WHEN 'object' THEN coalesce(t.value ->> '$.logOptions.cloudWatchLogOptions.logEnabled', 0) IS 1 END, 0) LIMIT 1) AS why
          FROM item WHERE coalesce(configuration ->> '$.state', 'available') NOT IN ('deleting', 'deleted'))
