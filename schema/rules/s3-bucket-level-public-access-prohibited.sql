-- rules: S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED
-- text: each bucket blocks public access by itself, all four ways, but those that are excluded
WITH excluded(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.excludedPublicBuckets'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketVersioningConfiguration' IS NULL AND block IS NULL THEN 'the parts of the bucket were not read' END AS missing,
               CASE WHEN resource_id IN (SELECT v FROM excluded) THEN NULL
                    WHEN block IS NULL THEN 'the bucket does not block public access'
                    ELSE (SELECT 'the bucket does not block public access: ' || group_concat(column1, ', ') || ' is off'
                            FROM (VALUES ('blockPublicAcls'), ('blockPublicPolicy'), ('ignorePublicAcls'), ('restrictPublicBuckets'))
                           WHERE json_extract(block, '$.' || column1) IS NOT 1 HAVING count(*) > 0) END AS why
          FROM (SELECT item_id, resource_id, supplementary, supplementary -> '$.PublicAccessBlockConfiguration' AS block FROM item))
