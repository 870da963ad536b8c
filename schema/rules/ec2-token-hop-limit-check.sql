-- rules: EC2_TOKEN_HOP_LIMIT_CHECK
-- text: answers of the metadata service travel no further than the hops that are asked for, or one
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN hops IS NULL THEN 'the item has no metadataOptions.httpPutResponseHopLimit' END AS missing,
               CASE WHEN hops > most THEN 'the hop limit is ' || hops || ', more than ' || most END AS why
          FROM (SELECT item_id, configuration ->> '$.metadataOptions.httpPutResponseHopLimit' AS hops, CAST(coalesce(nullif(:parameters ->> '$.tokenHopLimit', ''), '1') AS INTEGER) AS most
                  FROM item))
