-- rules: EC2_NO_AMAZON_KEY_PAIR
-- text: instances are launched without a key pair
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN configuration ->> '$.instanceId' IS NULL THEN 'the item has no instanceId: it was not read' END AS missing,
               CASE WHEN configuration ->> '$.keyName' <> '' THEN 'the instance was launched with the key pair ' || (configuration ->> '$.keyName') END AS why
          FROM (SELECT item_id, configuration
                  FROM item))
