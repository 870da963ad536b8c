-- rules: CMK_BACKING_KEY_ROTATION_ENABLED
-- text: symmetric keys of customers are rotated every year
SELECT item_id,
       CASE v WHEN 1 THEN 'COMPLIANT' WHEN 0 THEN 'NON_COMPLIANT' ELSE 'INSUFFICIENT_DATA' END AS result,
       CASE v WHEN 1 THEN NULL WHEN 0 THEN 'the key is not rotated' ELSE 'the item has no KeyRotationStatus' END AS annotation
  FROM (SELECT item_id, supplementary ->> '$.KeyRotationStatus' AS v FROM item
         WHERE configuration ->> '$.keyManager' IS NOT 'AWS'
           AND coalesce(configuration ->> '$.keySpec', configuration ->> '$.customerMasterKeySpec', 'SYMMETRIC_DEFAULT') = 'SYMMETRIC_DEFAULT'
           AND coalesce(configuration ->> '$.origin', 'AWS_KMS') = 'AWS_KMS'
           AND coalesce(configuration ->> '$.keyState', 'Enabled') NOT IN ('PendingDeletion', 'PendingReplicaDeletion')
           AND coalesce(configuration ->> '$.multiRegionConfiguration.multiRegionKeyType', 'PRIMARY') <> 'REPLICA')
