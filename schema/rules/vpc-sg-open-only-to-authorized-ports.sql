-- rules: VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS
-- text: what security groups open to the whole internet are authorized ports of TCP and UDP only
WITH tcp(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.authorizedTcpPorts'), ',', '","') || ']') WHERE trim(value) <> ''),
udp(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.authorizedUdpPorts'), ',', '","') || ']') WHERE trim(value) <> ''),
-- '443' and '1020-1025'
authorized(protocol, low, high) AS MATERIALIZED (
  SELECT protocol, CAST(v AS INTEGER), CAST(CASE WHEN instr(v, '-') THEN substr(v, instr(v, '-') + 1) ELSE v END AS INTEGER)
    FROM (SELECT 'tcp' AS protocol, v FROM tcp UNION ALL SELECT 'udp', v FROM udp)),
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
               (SELECT CASE protocol WHEN '-1' THEN 'every port' ELSE protocol || ' port ' || port END || ' is open to ' || source || ', and not authorized'
                  FROM (SELECT protocol, source, min(port) AS port FROM (
                          SELECT o.protocol, o.source, o.low AS port FROM open o WHERE o.item_id = item.item_id
                           UNION ALL SELECT o.protocol, o.source, a.high + 1 FROM open o JOIN authorized a ON a.protocol = o.protocol AND a.high BETWEEN o.low AND o.high - 1 WHERE o.item_id = item.item_id) c
                         WHERE protocol IN ('-1', 'tcp', 'udp') AND NOT EXISTS (SELECT 1 FROM authorized a WHERE a.protocol = c.protocol AND c.port BETWEEN a.low AND a.high)
                         GROUP BY protocol, source) ORDER BY protocol, port LIMIT 1) AS why
          FROM item)
