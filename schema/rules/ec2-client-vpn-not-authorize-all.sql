-- rules: EC2_CLIENT_VPN_NOT_AUTHORIZE_ALL
-- reads: Siltstone::EC2::ClientVpnAuthorizationRule
-- text: no authorization rule of a Client VPN endpoint lets everybody in
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, NULL AS missing,
               (SELECT 'everybody may reach ' || coalesce(e.configuration ->> '$.destinationCidr', 'a network') FROM estate e WHERE e.resource_type = 'Siltstone::EC2::ClientVpnAuthorizationRule' AND e.configuration ->> '$.clientVpnEndpointId' = item.resource_id AND e.configuration ->> '$.accessAll' = 1 LIMIT 1) AS why
          FROM item)
