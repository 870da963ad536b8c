-- rules: NO_UNRESTRICTED_ROUTE_TO_IGW
-- text: route tables send nothing to an internet gateway by default, but those that may
WITH exempt(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.routeTableIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.routes') IS NOT 'array' THEN 'the item has no routes' END AS missing,
               (SELECT 'the route ' || coalesce(r.value ->> '$.destinationCidrBlock', r.value ->> '$.destinationIpv6CidrBlock') || ' goes to ' || (r.value ->> '$.gatewayId')
                  FROM json_each(configuration, '$.routes') r
                 WHERE CASE r.type WHEN 'object' THEN r.value ->> '$.gatewayId' LIKE 'igw-%' AND (r.value ->> '$.destinationCidrBlock' = '0.0.0.0/0' OR r.value ->> '$.destinationIpv6CidrBlock' = '::/0') END LIMIT 1) AS why
          FROM item WHERE resource_id NOT IN (SELECT v FROM exempt))
