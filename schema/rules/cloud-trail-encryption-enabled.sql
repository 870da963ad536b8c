-- rules: CLOUD_TRAIL_ENCRYPTION_ENABLED
-- text: trails are encrypted with a key of KMS
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.trailARN' IS NULL THEN 'the item has no trailARN: it was not read' END AS missing,
               CASE WHEN coalesce(configuration ->> '$.kmsKeyId', '') = '' THEN 'the trail is not encrypted with a key of KMS' END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
