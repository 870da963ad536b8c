-- rules: VPC_SG_PORT_RESTRICTION_CHECK
-- text: security groups do not let the whole internet reach restricted ports: 22 and 3389 unless others are named
WITH listed(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.restrictPorts'), ',', '","') || ']') WHERE trim(value) <> ''),
restricted(port) AS (
  SELECT CAST(v AS INTEGER) FROM listed UNION SELECT column1 FROM (VALUES (22), (3389)) WHERE NOT EXISTS (SELECT 1 FROM listed)),
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
               (SELECT 'port ' || group_concat(port, ', ') || ' is open to the internet' FROM (
                  SELECT DISTINCT port FROM open o, restricted
                   WHERE o.item_id = item.item_id AND port BETWEEN low AND high
                     AND (protocol = '-1' OR protocol = CASE upper(:parameters ->> '$.protocolType') WHEN 'TCP' THEN 'tcp' WHEN 'UDP' THEN 'udp' ELSE CASE WHEN protocol IN ('tcp', 'udp') THEN protocol END END)
                     AND source = CASE upper(:parameters ->> '$.ipType') WHEN 'IPV4' THEN '0.0.0.0/0' WHEN 'IPV6' THEN '::/0' ELSE source END
                   ORDER BY port) HAVING count(*) > 0) AS why
          FROM item
         WHERE lower(coalesce(:parameters ->> '$.excludeExternalSecurityGroups', 'true')) = 'false' OR coalesce(configuration ->> '$.ownerId', :account) = :account)
