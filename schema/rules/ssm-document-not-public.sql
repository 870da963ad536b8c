-- rules: SSM_DOCUMENT_NOT_PUBLIC
-- reads: Siltstone::SSM::DocumentPermission
-- text: documents of the account are not shared with everybody
WITH permission AS MATERIALIZED (
  SELECT json_extract(configuration, '$.name') AS name, configuration AS c
    FROM estate
   WHERE resource_type = 'Siltstone::SSM::DocumentPermission'
   GROUP BY 1),
seen AS (
  SELECT item_id, p.c AS kept, (SELECT count(*) FROM json_each(p.c, '$.accountIds') a WHERE lower(a.value) = 'all') AS all_
    FROM item LEFT JOIN permission p ON p.name = item.resource_id)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN kept IS NULL THEN json_array('NOT_APPLICABLE', 'not a document of the account')
                    WHEN all_ > 0 THEN json_array('NON_COMPLIANT', 'the document is shared with everybody')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
