-- rules: EC2_IMDSV2_CHECK
-- text: instances insist on version 2 of the metadata service
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN tokens IS NULL THEN 'the item has no metadataOptions.httpTokens' END AS missing,
               CASE WHEN tokens <> 'required' THEN 'metadata is to be had without a token: httpTokens is ' || tokens END AS why
          FROM (SELECT item_id, configuration ->> '$.metadataOptions.httpTokens' AS tokens
                  FROM item))
