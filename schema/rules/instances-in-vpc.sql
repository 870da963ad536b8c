-- rules: INSTANCES_IN_VPC
-- text: instances are in a VPC, the one that is named
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.instanceId' IS NULL THEN 'the item has no instanceId: it was not read' END AS missing,
               CASE WHEN coalesce(vpc, '') = '' THEN 'the instance is in no VPC' WHEN :parameters ->> '$.vpcId' <> '' AND vpc <> :parameters ->> '$.vpcId' THEN 'the instance is in ' || vpc || ', not in ' || (:parameters ->> '$.vpcId') END AS why
          FROM (SELECT item_id, configuration, configuration ->> '$.vpcId' AS vpc FROM item))
