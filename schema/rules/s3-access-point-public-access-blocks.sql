-- rules: S3_ACCESS_POINT_PUBLIC_ACCESS_BLOCKS
-- text: each access point blocks public access, all four ways, but those that are excluded
WITH excluded(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.excludedAccessPoints'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN json_type(block) IS NOT 'object' THEN 'the item has no PublicAccessBlockConfiguration' END AS missing,
               (SELECT 'the access point does not block public access: ' || group_concat(column1, ', ') || ' is off'
                  FROM (VALUES ('BlockPublicAcls'), ('BlockPublicPolicy'), ('IgnorePublicAcls'), ('RestrictPublicBuckets'))
                 WHERE json_extract(block, '$.' || column1) IS NOT 1 HAVING count(*) > 0) AS why
          FROM (SELECT item_id, configuration -> '$.PublicAccessBlockConfiguration' AS block FROM item
                 WHERE coalesce(name, '') NOT IN (SELECT v FROM excluded) AND resource_id NOT IN (SELECT v FROM excluded)))
