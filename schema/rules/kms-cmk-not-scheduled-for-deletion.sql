-- rules: KMS_CMK_NOT_SCHEDULED_FOR_DELETION
-- text: no key of a customer, of those that are named, is to be deleted
WITH named(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.kmsKeyIds'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN state IS NULL THEN 'the item has no keyState' END AS missing,
               CASE WHEN state IN ('PendingDeletion', 'PendingReplicaDeletion') THEN 'the key is to be deleted' END AS why
          FROM (SELECT item_id, configuration ->> '$.keyState' AS state
                  FROM item WHERE configuration ->> '$.keyManager' IS NOT 'AWS'
                   AND (NOT EXISTS (SELECT 1 FROM named) OR resource_id IN (SELECT v FROM named) OR arn IN (SELECT v FROM named))))
