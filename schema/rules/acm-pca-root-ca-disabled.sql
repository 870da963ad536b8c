-- rules: ACM_PCA_ROOT_CA_DISABLED
-- reads: Siltstone::ACMPCA::CertificateAuthority
-- text: private root certificate authorities are disabled, but for exemptedCAArns
WITH known AS MATERIALIZED (
  SELECT resource_id AS id, json_extract(configuration, '$.type') AS kind, json_extract(configuration, '$.status') AS state
    FROM estate
   WHERE resource_type = 'Siltstone::ACMPCA::CertificateAuthority'
   GROUP BY 1),
seen AS (
  SELECT item_id, coalesce(json_extract(item.configuration, '$.Type'), k.kind) AS kind, k.state AS state, item.resource_id AS id_
    FROM item LEFT JOIN known k ON k.id = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kind IS NULL THEN json_array('INSUFFICIENT_DATA', 'Type was not recorded')
                    WHEN kind <> 'ROOT' THEN json_array('NOT_APPLICABLE', 'not a root certificate authority')
                    WHEN trim(:parameters ->> '$.exemptedCAArns') <> '' AND id_ IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.exemptedCAArns'), ',', '","') || ']'))
                    THEN json_array('NOT_APPLICABLE', 'an exempted certificate authority')
                    WHEN state IS NULL THEN json_array('INSUFFICIENT_DATA', 'the status of the certificate authority was not recorded')
                    WHEN state <> 'DISABLED' THEN json_array('NON_COMPLIANT', 'the root certificate authority is ' || lower(state))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
