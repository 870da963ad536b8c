-- rules: ACCESS_KEYS_ROTATED
-- reads: Siltstone::IAM::AccessKey
-- text: no active access key is older than the days that are asked for
WITH oldest(user, key, days) AS MATERIALIZED (
  SELECT configuration ->> '$.userName', resource_id, max((:now_ms / 1000 - strftime('%s', configuration ->> '$.createDate')) / 86400)
    FROM estate WHERE resource_type = 'Siltstone::IAM::AccessKey' AND configuration ->> '$.status' = 'Active' GROUP BY 1)
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN i.user IS NULL THEN 'the item has no userName' END AS missing,
               CASE WHEN days > CAST(:parameters ->> '$.maxAccessKeyAge' AS INTEGER) THEN 'the access key ' || key || ' is ' || days || ' days old' END AS why
          FROM (SELECT item_id, coalesce(configuration ->> '$.userName', name) AS user FROM item) i LEFT JOIN oldest o ON o.user = i.user)
