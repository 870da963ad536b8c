-- rules: EIP_ATTACHED
-- text: each elastic IP address is attached to an instance or a network interface
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.publicIp' IS NULL AND configuration ->> '$.allocationId' IS NULL THEN 'the item has no publicIp' END AS missing,
               CASE WHEN coalesce(configuration ->> '$.associationId', '') = '' AND coalesce(configuration ->> '$.instanceId', '') = '' AND coalesce(configuration ->> '$.networkInterfaceId', '') = ''
                    THEN 'the address is attached to nothing' END AS why
          FROM item)
