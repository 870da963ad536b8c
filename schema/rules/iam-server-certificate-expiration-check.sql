-- rules: IAM_SERVER_CERTIFICATE_EXPIRATION_CHECK
-- reads: Siltstone::IAM::ServerCertificate
-- text: server certificates in IAM have not expired
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN ends IS NULL THEN 'it is not known when the certificate expires' END AS missing,
               CASE WHEN ends <= :now_ms / 1000 THEN 'the certificate expired on ' || date(ends, 'unixepoch') END AS why
          FROM (SELECT i.item_id, CAST(strftime('%s', c.configuration ->> '$.expiration') AS INTEGER) AS ends
                  FROM item i LEFT JOIN estate c ON c.resource_type = 'Siltstone::IAM::ServerCertificate' AND c.configuration ->> '$.serverCertificateName' = coalesce(i.configuration ->> '$.ServerCertificateName', i.name)))
