-- rules: APPSYNC_CACHE_ENCRYPTION_AT_REST
-- reads: AWS::AppSync::ApiCache
-- text: where a GraphQL API has a cache, it is encrypted at rest
WITH cache AS MATERIALIZED (
  SELECT coalesce(json_extract(configuration, '$.ParentApiId'), json_extract(configuration, '$.ApiId'), resource_id) AS api,
         json_extract(configuration, '$.AtRestEncryptionEnabled') AS encrypted
    FROM estate
   WHERE resource_type = 'AWS::AppSync::ApiCache'),
seen AS (
  SELECT item_id, json_extract(configuration, '$.ApiId') AS api,
         (SELECT count(*) FROM cache e WHERE e.api = json_extract(item.configuration, '$.ApiId')) AS caches,
         (SELECT max(e.encrypted) FROM cache e WHERE e.api = json_extract(item.configuration, '$.ApiId')) AS on_
    FROM item)
SELECT item_id, verdict ->> 0 AS result, substr(verdict ->> 1, 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN api IS NULL THEN json_array('INSUFFICIENT_DATA', 'ApiId was not recorded')
                    WHEN caches = 0 THEN json_array('NOT_APPLICABLE', 'the API has no cache')
                    WHEN on_ IS NULL THEN json_array('INSUFFICIENT_DATA', 'AtRestEncryptionEnabled of the cache was not recorded')
                    WHEN on_ IS NOT 1 THEN json_array('NON_COMPLIANT', 'the cache is not encrypted at rest')
                    ELSE '["COMPLIANT"]'
               END AS verdict
          FROM seen)
