-- rules: ATHENA_WORKGROUP_ENCRYPTED_AT_REST
-- text: work groups encrypt the results of queries
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.WorkGroupConfiguration') AS kept,
         json_extract(configuration, '$.WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.EncryptionOption') AS option_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'object' THEN json_array('INSUFFICIENT_DATA', 'WorkGroupConfiguration was not recorded')
                    WHEN option_ IS NULL THEN json_array('NON_COMPLIANT', 'results of queries are not encrypted')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
