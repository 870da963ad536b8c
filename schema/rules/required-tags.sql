-- rules: REQUIRED_TAGS
-- text: resources have the tags that are asked for, with one of the values that are named
WITH asked(key, vals) AS MATERIALIZED (
  SELECT json_extract(:parameters, '$.tag' || column1 || 'Key'), coalesce(json_extract(:parameters, '$.tag' || column1 || 'Value'), '')
    FROM (VALUES (1), (2), (3), (4), (5), (6)) WHERE coalesce(json_extract(:parameters, '$.tag' || column1 || 'Key'), '') <> ''),
lack(item_id, what) AS MATERIALIZED (
  SELECT i.item_id, CASE WHEN t.key IS NULL THEN a.key ELSE a.key || '=' || t.value END
    FROM item i CROSS JOIN asked a LEFT JOIN json_each(i.tags) t ON t.key = a.key
   WHERE t.key IS NULL
      OR (a.vals <> '' AND t.value NOT IN (SELECT trim(v.value) FROM json_each('[' || replace(json_quote(a.vals), ',', '","') || ']') v)))
SELECT item_id,
       CASE WHEN lacks IS NULL THEN 'COMPLIANT' ELSE 'NON_COMPLIANT' END AS result,
       substr('these tags are missing, or have another value: ' || lacks, 1, 256) AS annotation
  FROM (SELECT item_id, (SELECT group_concat(what, ', ') FROM lack WHERE lack.item_id = item.item_id) AS lacks FROM item)
