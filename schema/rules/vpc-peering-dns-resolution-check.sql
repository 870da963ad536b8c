-- rules: VPC_PEERING_DNS_RESOLUTION_CHECK
-- text: VPCs that are peered resolve each other's names to private addresses
WITH vpc(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.vpcIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN accepter IS NULL THEN 'the item does not say whether names are resolved from the VPC that accepted' WHEN requester IS NULL THEN 'the item does not say whether names are resolved from the VPC that asked' END AS missing,
               CASE WHEN accepter <> 1 THEN 'names of the VPC that accepted are not resolved by its peer' WHEN requester <> 1 THEN 'names of the VPC that asked are not resolved by its peer' END AS why
          FROM (SELECT item_id, configuration ->> '$.accepterVpcInfo.peeringOptions.allowDnsResolutionFromRemoteVpc' AS accepter,
                       configuration ->> '$.requesterVpcInfo.peeringOptions.allowDnsResolutionFromRemoteVpc' AS requester
                  FROM item
                 WHERE coalesce(configuration ->> '$.status.code', 'active') = 'active'
                   AND (NOT EXISTS (SELECT 1 FROM vpc) OR configuration ->> '$.accepterVpcInfo.vpcId' IN (SELECT v FROM vpc) OR configuration ->> '$.requesterVpcInfo.vpcId' IN (SELECT v FROM vpc))))
