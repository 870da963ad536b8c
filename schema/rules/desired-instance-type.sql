-- rules: DESIRED_INSTANCE_TYPE
-- text: instances are of the types that are asked for
WITH wanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.instanceType'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN type IS NULL THEN 'the item has no instanceType' END AS missing,
               CASE WHEN type NOT IN (SELECT v FROM wanted) THEN 'the instance is of type ' || type END AS why
          FROM (SELECT item_id, configuration ->> '$.instanceType' AS type FROM item))
