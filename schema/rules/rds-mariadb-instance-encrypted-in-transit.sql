-- rules: RDS_MARIADB_INSTANCE_ENCRYPTED_IN_TRANSIT
-- reads: Siltstone::RDS::DBParameterGroup
-- text: MariaDB instances insist on TLS, by their parameter group
WITH insisting(name, v) AS MATERIALIZED (
  SELECT resource_id, lower(coalesce(json_extract(supplementary, '$.Transport."require_secure_transport"'), ''))
    FROM estate WHERE resource_type = 'Siltstone::RDS::DBParameterGroup' AND json_type(supplementary, '$.Transport') = 'object')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN named IS NULL THEN 'the item has no dBParameterGroups' WHEN v IS NULL THEN 'the parameter group ' || named || ' was not read' END AS missing,
               CASE WHEN v NOT IN ('1', 'on', 'true') THEN 'require_secure_transport is not on in the parameter group ' || named END AS why
          FROM (SELECT item_id, configuration ->> '$.dBParameterGroups[0].dBParameterGroupName' AS named FROM item WHERE configuration ->> '$.engine' IN ('mariadb'))
          LEFT JOIN insisting ON insisting.name = named)
