-- rules: EC2_INSTANCE_NO_PUBLIC_IP
-- text: instances have no public IP address
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.instanceId' IS NULL THEN 'the item has no instanceId: it was not read' END AS missing,
               CASE WHEN ip IS NOT NULL THEN 'the instance has the public IP address ' || ip END AS why
          FROM (SELECT item_id, configuration, coalesce(nullif(configuration ->> '$.publicIpAddress', ''), (SELECT nullif(e.value ->> '$.association.publicIp', '') FROM json_each(configuration, '$.networkInterfaces') e WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.association.publicIp' END <> '' LIMIT 1)) AS ip
                  FROM item))
