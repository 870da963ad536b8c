-- rules: ELASTICACHE_REPL_GRP_ENCRYPTED_AT_REST
-- text: replication groups are encrypted at rest, with one of approvedKMSKeyIds
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.atRestEncryptionEnabled') AS on_,
         coalesce(json_extract(configuration, '$.kmsKeyId'), '') AS key_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'atRestEncryptionEnabled was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the replication group is not encrypted at rest')
                    WHEN trim(:parameters ->> '$.approvedKMSKeyIds') <> '' AND key_ NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedKMSKeyIds'), ',', '","') || ']'))
                        AND substr(key_, instr(key_, '/') + 1) NOT IN (SELECT trim(value) FROM json_each('['
                        || replace(json_quote(:parameters ->> '$.approvedKMSKeyIds'), ',', '","') || ']'))
                    THEN json_array('NON_COMPLIANT', 'the key is ' || key_ || ', which is not one of those allowed')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
