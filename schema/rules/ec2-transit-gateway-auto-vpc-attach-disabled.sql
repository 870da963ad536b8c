-- rules: EC2_TRANSIT_GATEWAY_AUTO_VPC_ATTACH_DISABLED
-- text: transit gateways do not accept attachments of other accounts by themselves
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN v IS NULL THEN 'the item does not say AutoAcceptSharedAttachments' END AS missing,
               CASE WHEN lower(v) = 'enable' THEN 'the gateway accepts shared attachments by itself' END AS why
          FROM (SELECT item_id, coalesce(configuration ->> '$.AutoAcceptSharedAttachments', configuration ->> '$.Options.AutoAcceptSharedAttachments') AS v FROM item))
