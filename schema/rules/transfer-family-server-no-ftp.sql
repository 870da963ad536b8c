-- rules: TRANSFER_FAMILY_SERVER_NO_FTP
-- text: servers do not speak FTP
WITH seen AS (
  SELECT item_id, json_type(configuration, '$.Protocols') AS kept,
         (SELECT count(*) FROM json_each(configuration, '$.Protocols') p WHERE upper(p.value) = 'FTP') AS ftp
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NOT 'array' THEN json_array('INSUFFICIENT_DATA', 'Protocols was not recorded')
                    WHEN ftp > 0 THEN json_array('NON_COMPLIANT', 'the server speaks FTP')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
