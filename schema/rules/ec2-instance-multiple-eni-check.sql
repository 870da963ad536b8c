-- rules: EC2_INSTANCE_MULTIPLE_ENI_CHECK
-- text: instances have one network interface, besides those that are named
WITH known(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.NetworkInterfaceIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN json_type(configuration, '$.networkInterfaces') IS NOT 'array' THEN 'the item has no networkInterfaces' END AS missing,
               CASE WHEN n > 1 THEN 'the instance has ' || n || ' network interfaces' END AS why
          FROM (SELECT item_id, configuration, (SELECT count(*) FROM json_each(configuration, '$.networkInterfaces') e WHERE CASE e.type WHEN 'object' THEN e.value ->> '$.networkInterfaceId' NOT IN (SELECT v FROM known) END) AS n
                  FROM item))
