-- rules: INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY
-- text: internet gateways are attached to authorized VPCs only
WITH authorized(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.AuthorizedVpcIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.attachments') IS NOT 'array' THEN 'the item has no attachments' END AS missing,
               (SELECT 'the gateway is attached to ' || (a.value ->> '$.vpcId') || ', which is not authorized' FROM json_each(configuration, '$.attachments') a
                 WHERE CASE a.type WHEN 'object' THEN a.value ->> '$.vpcId' NOT IN (SELECT v FROM authorized) END LIMIT 1) AS why
          FROM item)
