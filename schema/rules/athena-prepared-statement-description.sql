-- rules: ATHENA_PREPARED_STATEMENT_DESCRIPTION
-- text: it is described; where only a list was read nothing is known
WITH seen AS (
  SELECT item_id, json_extract(configuration, '$.QueryStatement') AS whole, json_extract(configuration, '$.Description') AS words
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN coalesce(trim(words), '') <> '' THEN '["COMPLIANT"]'
                    WHEN whole IS NULL THEN json_array('INSUFFICIENT_DATA', 'Description was not recorded')
                    WHEN 1 THEN json_array('NON_COMPLIANT', 'it has no description')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
