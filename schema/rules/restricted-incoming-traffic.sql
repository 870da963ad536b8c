-- rules: RESTRICTED_INCOMING_TRAFFIC
-- text: security groups do not let the whole internet reach the blocked ports by TCP
WITH listed(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.blockedPorts'), ',', '","') || ']') WHERE trim(value) <> ''),
blocked(port) AS (
  SELECT CAST(value AS INTEGER) FROM json_each(:parameters) WHERE key GLOB 'blockedPort[1-5]' AND value <> ''
   UNION SELECT CAST(v AS INTEGER) FROM listed),
permission(item_id, p) AS MATERIALIZED (
  SELECT item_id, e.value FROM item, json_each(configuration, '$.ipPermissions') e WHERE e.type = 'object'),
-- What the whole internet may reach: a protocol of -1 is every protocol and port.
open(item_id, protocol, low, high, source) AS MATERIALIZED (
  SELECT item_id, protocol, CASE protocol WHEN '-1' THEN 0 ELSE coalesce(p ->> '$.fromPort', 0) END, CASE protocol WHEN '-1' THEN 65535 ELSE coalesce(p ->> '$.toPort', 65535) END, source
    FROM (SELECT item_id, p, CASE p ->> '$.ipProtocol' WHEN '6' THEN 'tcp' WHEN '17' THEN 'udp' ELSE lower(p ->> '$.ipProtocol') END AS protocol, t.atom AS source
            FROM permission, json_tree(p) t
           WHERE t.atom IN ('0.0.0.0/0', '::/0') AND t.key IS NOT 'description'
             AND (t.fullkey LIKE '$.ipRanges[%' OR t.fullkey LIKE '$.ipv4Ranges[%' OR t.fullkey LIKE '$.ipv6Ranges[%')))
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.ipPermissions') IS NOT 'array' THEN 'the item has no ipPermissions' END AS missing,
               (SELECT 'port ' || group_concat(port, ', ') || ' is open to the internet'
                  FROM (SELECT DISTINCT port FROM open o, blocked WHERE o.item_id = item.item_id AND protocol IN ('-1', 'tcp') AND port BETWEEN low AND high ORDER BY port) HAVING count(*) > 0) AS why
          FROM item)
