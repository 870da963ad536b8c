-- rules: VPC_NETWORK_ACL_UNUSED_CHECK
-- text: each network ACL belongs to a subnet
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.associations') IS NOT 'array' THEN 'the item has no associations' END AS missing,
               CASE WHEN json_array_length(configuration, '$.associations') = 0 THEN 'no subnet uses the network ACL' END AS why
          FROM item)
