-- rules: S3_BUCKET_BLACKLISTED_ACTIONS_PROHIBITED
-- text: policies of buckets allow other accounts none of the actions of the list
WITH policy(item_id, doc) AS (
  SELECT item_id, CASE WHEN json_valid(text) THEN text END
    FROM (SELECT item_id, supplementary ->> '$.BucketPolicy.policyText' AS text FROM item)),
statement(item_id, s) AS MATERIALIZED (
  SELECT item_id, e.value
    FROM policy, json_each(CASE json_type(doc, '$.Statement') WHEN 'object' THEN json_array(doc -> '$.Statement') ELSE doc -> '$.Statement' END) e
   WHERE e.type = 'object'),
-- Who else is meant: an account, or one of its people, that is not this account; or everybody.
foreign_action(item_id, action) AS MATERIALIZED (
  SELECT item_id, coalesce(a.value, '*')
    FROM statement LEFT JOIN json_each(s, '$.Action') a
   WHERE s ->> '$.Effect' = 'Allow'
     AND (s -> '$.NotPrincipal' IS NOT NULL
          OR EXISTS (SELECT 1 FROM json_tree(s, '$.Principal')
                      WHERE atom IS NOT NULL AND (fullkey = '$.Principal' OR fullkey LIKE '$.Principal.AWS%' OR fullkey LIKE '$.Principal.CanonicalUser%')
                        AND atom <> :account AND atom NOT LIKE 'arn:%:iam::' || :account || ':%' AND atom NOT LIKE 'arn:%:sts::' || :account || ':%'))),
unwanted(v) AS (
  SELECT trim(value) FROM json_each('[' || replace(json_quote(:parameters ->> '$.blacklistedActionPattern'), ',', '","') || ']') WHERE trim(value) <> '')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id,
               CASE WHEN supplementary -> '$.BucketPolicy' IS NULL THEN 'the item has no BucketPolicy' END AS missing,
               (SELECT 'the policy allows other accounts ' || group_concat(action, ', ') FROM (
                  SELECT DISTINCT action FROM foreign_action f, unwanted
                   WHERE f.item_id = item.item_id AND (lower(action) GLOB lower(v) OR lower(v) GLOB lower(action)) ORDER BY action) HAVING count(*) > 0) AS why
          FROM item)
