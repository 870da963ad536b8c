-- rules: NACL_NO_UNRESTRICTED_SSH_RDP
-- text: network ACLs do not let the whole internet reach the ports of SSH and RDP
WITH inbound(item_id, e) AS MATERIALIZED (
  SELECT item_id, e.value FROM item, json_each(configuration, '$.entries') e WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.egress' END = 0),
-- The rule with the lowest number decides.
reached(item_id, port, protocol, source, number, action) AS MATERIALIZED (
  SELECT item_id, port, way, source, min(e ->> '$.ruleNumber'), e ->> '$.ruleAction'
    FROM (SELECT item_id, e, coalesce(e ->> '$.cidrBlock', e ->> '$.ipv6CidrBlock') AS source FROM inbound),
         (SELECT column1 AS port FROM (VALUES (22), (3389))), (SELECT column1 AS way FROM (VALUES ('6'), ('17')))
   WHERE source IN ('0.0.0.0/0', '::/0') AND (e ->> '$.protocol' = way OR e ->> '$.protocol' = '-1')
     AND (e ->> '$.protocol' = '-1' OR port BETWEEN coalesce(e ->> '$.portRange.from', 0) AND coalesce(e ->> '$.portRange.to', 65535))
   GROUP BY item_id, port, way, source),
first(item_id, port, source, number) AS MATERIALIZED (
  SELECT item_id, port, source, min(number * 100000 + port) / 100000 FROM reached WHERE action = 'allow' GROUP BY item_id)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item.item_id, CASE WHEN json_type(configuration, '$.entries') IS NOT 'array' THEN 'the item has no entries' END AS missing,
               'rule ' || number || ' lets ' || source || ' reach port ' || port AS why
          FROM item LEFT JOIN first f USING (item_id))
