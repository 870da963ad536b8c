-- rules: EC2_TRAFFIC_MIRROR_TARGET_DESCRIPTION
-- text: each traffic mirror target has a description
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN configuration ->> '$.Id' IS NULL THEN 'the item has no Id: it was not read' END AS missing,
               CASE WHEN trim(coalesce(configuration ->> '$.Description', '')) = '' THEN 'the target has no description' END AS why
          FROM item)
