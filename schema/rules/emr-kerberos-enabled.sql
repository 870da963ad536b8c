-- rules: EMR_KERBEROS_ENABLED
-- reads: AWS::EMR::SecurityConfiguration
-- text: clusters of EMR have a security configuration with Kerberos, as asked for
WITH configured AS MATERIALIZED (
  SELECT json_extract(configuration, '$.Name') AS name, CASE WHEN json_valid(doc) THEN doc END AS doc
    FROM (SELECT configuration, CAST(json_extract(configuration, '$.SecurityConfiguration') AS TEXT) AS doc FROM estate
        WHERE resource_type = 'AWS::EMR::SecurityConfiguration')
   GROUP BY 1),
seen AS (
  SELECT item_id, json_extract(item.configuration, '$.status.state') AS state,
         coalesce(json_extract(item.configuration, '$.securityConfiguration'), '') AS named,
         json_extract(item.configuration, '$.id') AS whole, c.doc AS doc_,
         json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.Provider') AS provider,
         coalesce(json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ClusterDedicatedKdcConfiguration.TicketLifetimeInHours'), json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ExternalKdcConfiguration.TicketLifetimeInHours')) AS TicketLifetimeInHours_,
         coalesce(json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ClusterDedicatedKdcConfiguration.CrossRealmTrustConfiguration.Realm'), json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ExternalKdcConfiguration.AdIntegrationConfiguration.AdRealm')) AS Realm_,
         coalesce(json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ClusterDedicatedKdcConfiguration.CrossRealmTrustConfiguration.Domain'), json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ExternalKdcConfiguration.AdIntegrationConfiguration.AdDomain')) AS Domain_,
         coalesce(json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ClusterDedicatedKdcConfiguration.CrossRealmTrustConfiguration.AdminServer'), json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ExternalKdcConfiguration.AdminServer')) AS AdminServer_,
         coalesce(json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ClusterDedicatedKdcConfiguration.CrossRealmTrustConfiguration.KdcServer'), json_extract(c.doc, '$.AuthenticationConfiguration.KerberosConfiguration.ExternalKdcConfiguration.KdcServer')) AS KdcServer_
    FROM item LEFT JOIN configured c ON c.name = json_extract(item.configuration, '$.securityConfiguration'))
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IN ('TERMINATING', 'TERMINATED', 'TERMINATED_WITH_ERRORS')
                    THEN json_array('NOT_APPLICABLE', 'the cluster has ended')
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'securityConfiguration was not recorded')
                    WHEN named = '' THEN json_array('NON_COMPLIANT', 'the cluster has no security configuration')
                    WHEN doc_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'the security configuration ' || named || ' was not recorded')
                    WHEN provider IS NULL THEN json_array('NON_COMPLIANT', 'Kerberos is off in the security configuration ' || named)
                    WHEN trim(:parameters ->> '$.TicketLifetimeInHours') <> ''
                        AND CAST(TicketLifetimeInHours_ AS TEXT) IS NOT trim(:parameters ->> '$.TicketLifetimeInHours')
                    THEN json_array('NON_COMPLIANT', 'TicketLifetimeInHours is ' || coalesce(TicketLifetimeInHours_, 'not set'))
                    WHEN trim(:parameters ->> '$.Realm') <> '' AND CAST(Realm_ AS TEXT) IS NOT trim(:parameters ->> '$.Realm')
                    THEN json_array('NON_COMPLIANT', 'Realm is ' || coalesce(Realm_, 'not set'))
                    WHEN trim(:parameters ->> '$.Domain') <> '' AND CAST(Domain_ AS TEXT) IS NOT trim(:parameters ->> '$.Domain')
                    THEN json_array('NON_COMPLIANT', 'Domain is ' || coalesce(Domain_, 'not set'))
                    WHEN trim(:parameters ->> '$.AdminServer') <> '' AND CAST(AdminServer_ AS TEXT) IS NOT trim(:parameters ->> '$.AdminServer')
                    THEN json_array('NON_COMPLIANT', 'AdminServer is ' || coalesce(AdminServer_, 'not set'))
                    WHEN trim(:parameters ->> '$.KdcServer') <> '' AND CAST(KdcServer_ AS TEXT) IS NOT trim(:parameters ->> '$.KdcServer')
                    THEN json_array('NON_COMPLIANT', 'KdcServer is ' || coalesce(KdcServer_, 'not set'))
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
