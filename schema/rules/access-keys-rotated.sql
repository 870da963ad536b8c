-- rules: ACCESS_KEYS_ROTATED
-- reads: Siltstone::IAM::AccessKey
-- text: no active access key is older than the days that are asked for
WITH key(resource_id, user, days) AS MATERIALIZED (
  SELECT resource_id, configuration ->> '$.userName', (:now_ms / 1000 - strftime('%s', configuration ->> '$.createDate')) / 86400
    FROM estate WHERE resource_type = 'Siltstone::IAM::AccessKey' AND configuration ->> '$.status' = 'Active')
SELECT item_id,
       CASE WHEN missing IS NOT NULL THEN 'INSUFFICIENT_DATA' WHEN why IS NOT NULL THEN 'NON_COMPLIANT' ELSE 'COMPLIANT' END AS result,
       substr(coalesce(missing, why), 1, 256) AS annotation
  FROM (SELECT item_id, CASE WHEN user IS NULL THEN 'the item has no userName' END AS missing,
               (SELECT 'the access key ' || resource_id || ' is ' || days || ' days old' FROM key WHERE key.user = i.user AND days > CAST(:parameters ->> '$.maxAccessKeyAge' AS INTEGER) ORDER BY days DESC LIMIT 1) AS why
          FROM (SELECT item_id, coalesce(configuration ->> '$.userName', name) AS user FROM item) i)
