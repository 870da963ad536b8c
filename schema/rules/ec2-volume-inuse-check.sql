-- rules: EC2_VOLUME_INUSE_CHECK
-- text: volumes are attached to instances, and deleted with them where that is asked for
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(configuration, '$.attachments') IS NOT 'array' THEN 'the item has no attachments' END AS missing,
               CASE WHEN json_array_length(configuration, '$.attachments') = 0 THEN 'the volume is attached to no instance'
                    WHEN lower(:parameters ->> '$.deleteOnTermination') = 'true'
                         AND EXISTS (SELECT 1 FROM json_each(configuration, '$.attachments') a WHERE CASE a.type WHEN 'object' THEN coalesce(a.value ->> '$.deleteOnTermination', 0) END IS NOT 1)
                    THEN 'the volume stays when its instance is terminated' END AS why
          FROM item)
